// Package cli is platformctl: the commands of the operator over the admin API,
// and those of the sandbox over its control API. Each command is a pair: newCmdX
// declares flags and help, a run function does the work with options that are
// already parsed. Data goes to stdout, talk and errors to stderr, and the exit
// code follows from the fault's code in one map.
package cli
