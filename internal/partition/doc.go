// Package partition lets exactly one owner change the guilds of a partition.
//
// An [Owner] holds leases and gives each loop the partitions it serves. A [Loop]
// takes what waits for its guilds, lets copies of them step, commits states and
// events of all of them in one transaction, and only then answers, publishes and
// acts. Every write carries the partition's epoch and batch number: a loop whose
// lease was lost cannot write, and one that does not know whether its write
// arrived looks before it goes on.
//
// The loop never waits for anything but its database. Whatever is slow happens
// behind [Actuator] and comes back as an input.
package partition
