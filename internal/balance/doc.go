// Package balance decides who of several processes is to own which of many
// things. Everybody who knows the same comes to the same plan, so nobody has to
// be asked: each gives what the plan gives to others, and takes what is free and
// planned for itself.
package balance
