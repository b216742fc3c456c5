// Package s3 simulates S3-compatible storage as it is on the wire: it checks the
// signature of each request (AWS Signature Version 4) and the digest of each
// body, and keeps objects in memory. It knows PUT, GET with a range, HEAD and
// DELETE of an object, and version 2 of the list of a bucket's objects, which is
// what an archive needs; anything else is refused as not implemented. What real
// storage does wrong now and then, it does when it is told to.
//
// Source: the Amazon S3 API Reference, "Authenticating Requests (AWS Signature
// Version 4)" and "ListObjectsV2".
package s3
