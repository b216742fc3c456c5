package e2e_test

import "time"

// trial is a row of the table of failure modes: what fails, what is promised, and
// how it is shown.
type trial struct {
	row, fault, promise string
	// inject hurts a storm and mends it again; nil where other tests hold the row.
	inject func(*storm)
	// held are tests that hold the row, as package directory and name.
	held []string
	// long is left to the proof, because it takes too long for every change.
	long bool
	// disk is true where it takes a disk that can be filled.
	disk bool
}

// trials is the one table: TestReliability goes through it, TestChaos draws from
// it, and docs/RELIABILITY.md is written of it.
func trials() []trial {
	return []trial{
		{row: "1", fault: "Any role is killed after the commit and before the reply", promise: "Whoever asks again gets the stored result; it is done once.", inject: (*storm).killAudioInWork, held: []string{"internal/e2e TestKill"}},
		{row: "2", fault: "Audio process is killed in the middle of a queue", promise: "Queue and order are intact, and it plays on; nobody hears it.", inject: (*storm).killOwner, long: true, held: []string{"internal/e2e TestCluster"}},
		{row: "2g", fault: "Gateway is killed", promise: "Another one RESUMEs its connections; nobody hears it.", inject: (*storm).killGateway, long: true, held: []string{"internal/e2e TestCluster"}},
		{row: "3", fault: "Worker is killed after an effect and before it noted it", promise: "The effect counts once.", inject: (*storm).killWorker, held: []string{"internal/role/worker TestACrashNeitherLosesNorDoublesEvents"}},
		{row: "4", fault: "SQLite: kill in the middle of a commit", promise: "Nothing acknowledged is lost.", held: []string{"internal/e2e TestKill", "internal/store/sqlstore TestKilledInTheMiddle"}},
		{row: "5", fault: "SQLite: the disk is full", promise: "What is read is served, what would write is refused or waits, the music goes on; it heals by itself.", held: []string{"internal/e2e TestDiskFull"}},
		{row: "6", fault: "Redis is killed and starts again with nothing", promise: "Rebuilt from the rows; nothing acknowledged is lost.", inject: (*storm).redisRestarts, held: []string{"internal/bus/redis TestRestartThatKeepsNothing"}},
		{row: "7", fault: "FLUSHALL", promise: "Streams are made anew, readers start again.", inject: (*storm).redisFlushed, held: []string{"internal/bus/redis TestFlushedUnderLoad"}},
		{row: "8", fault: "CLIENT KILL, and resets of every connection to Redis", promise: "Connected again within moments, nothing is done twice.", inject: (*storm).redisCut, held: []string{"internal/bus/redis TestCutConnections"}},
		{row: "9", fault: "Redis is out of memory", promise: "Back-pressure and honest refusals, no crash; it goes on by itself.", inject: (*storm).redisFull, held: []string{"internal/bus/redis TestFullServerRefuses"}},
		{row: "10", fault: "The disk of Redis's AOF is full", promise: "Treated as down.", inject: (*storm).redisDiskFull, disk: true},
		{row: "12", fault: "PostgreSQL is stopped with -m immediate", promise: "Nothing acknowledged is lost.", inject: (*storm).postgresRestarts},
		{row: "13", fault: "PostgreSQL is cut off: nothing comes back, nothing is refused", promise: "Each query is bounded; leases freeze, the music goes on.", inject: hanging(leaseTTL + 2*time.Second), held: []string{"internal/store/sqlstore TestAServerThatDoesNotAnswer", "internal/role/audio TestLeaseInDoubtFreezes"}},
		{row: "13l", fault: "PostgreSQL is cut off for 30 s", promise: "Every player sounds on.", inject: hanging(30 * time.Second), long: true},
		{row: "13p", fault: "One audio process is cut off from PostgreSQL", promise: "Another one takes over, two never act; nobody hears it.", inject: (*storm).oneCutOff, long: true, held: []string{"internal/partition TestDatabaseAwayFreezesAndComesBack"}},
		{row: "14", fault: "A lock of PostgreSQL is held", promise: "Commands wait or are refused honestly; nothing is lost or done twice.", inject: (*storm).postgresLocked},
		{row: "16", fault: "An audio node dies in the middle of a track", promise: "Players move with their position.", held: []string{"internal/e2e TestFaults", "internal/e2e TestNodeDiesMidTrack"}},
		{row: "17", fault: "The socket to an audio node breaks", promise: "Resumed; replayed events count once.", inject: (*storm).nodeCut, held: []string{"internal/e2e TestFaults", "internal/lavalink TestACutSocketIsResumedAndEventsReplayed"}},
		{row: "18", fault: "Every audio node is down", promise: "The queue is kept, members are told, it plays by itself afterwards.", held: []string{"internal/e2e TestNoNode"}},
		{row: "19", fault: "Tracks that hang or fail", promise: "Skipped, with a bound on how often it is tried.", held: []string{"internal/e2e TestFaults", "internal/role/audio TestWhatATrackMayDo"}},
		{row: "20", fault: "An audio process hangs for longer than its lease (SIGSTOP), and wakes up", promise: "Another one takes over, two never act; nobody hears it.", inject: (*storm).stopOwner, held: []string{"internal/partition TestTwoOwnersNeverBothAct"}},
		{row: "20g", fault: "A gateway hangs for longer than its lease (SIGSTOP), and wakes up", promise: "Another one takes over its connections; members are answered.", inject: (*storm).stopGateway},
		{row: "21-23", fault: "Discord: op 7, op 9, no heartbeat ack", promise: "RESUME; IDENTIFY within the budget.", held: []string{"internal/e2e TestFaults"}},
		{row: "24", fault: "A gateway starts and dies over and over", promise: "IDENTIFYs stop at the budget.", held: []string{"internal/discord TestIdentifyBudgetCountsEarlierProcesses", "internal/discord TestAConnectionStaysAwayWithoutBudget", "internal/role/gateway TestIdentifiesAreCountedForTheWholeFleet"}},
		{row: "25", fault: "Discord closes with 4004, 4010 or 4014", promise: "No retry, and the operator is told.", held: []string{"internal/e2e TestFaults", "internal/role/gateway TestTokenThatDiscordDoesNotTakeEndsTheRole"}},
		{row: "27", fault: "Discord answers 429 to everything", promise: "Retry-After is obeyed.", held: []string{"internal/e2e TestFaults", "internal/e2e TestFaultsAreAllDescribed"}},
		{row: "28", fault: "Redis hangs while members type", promise: "Refused honestly after 2.4 s, and not carried out later; answered as soon as it goes on.", inject: (*storm).redisHangs, long: true, held: []string{"internal/bus/redis TestPausedServer"}},
		{row: "33", fault: "A clock is wrong by minutes", promise: "Leases are counted by the database's clock.", held: []string{"internal/partition TestMachineThatSleptIsInDoubt", "internal/partition TestRenewalCountsFromBeforeItWasSent"}},
		{row: "34", fault: "A consumer is slow: the worker hangs, the bus is slow", promise: "Bounded memory; what it missed is caught up with.", inject: (*storm).slow, held: []string{"internal/bus/redis TestBytesAreBoundedToo"}},
		{row: "35", fault: "An input or an event that cannot be carried out", promise: "Put aside after five tries, the rest flows.", held: []string{"internal/role/worker TestPoisonIsPutAsideAndTheRestFlows", "internal/partition TestOnlyTheCulpritIsPutAside"}},
		{row: "37", fault: "Huge or odd input", promise: "Refused or cut, nothing breaks.", held: []string{"internal/e2e TestBadQueries"}},
		{row: "38", fault: "SIGTERM to every role under load", promise: "Leases are handed over; nothing is lost, nobody hears it.", inject: (*storm).rolling, held: []string{"internal/e2e TestCluster"}},
		{row: "39", fault: "Backup and restore", promise: "What comes back is what was there.", held: []string{"internal/upkeep TestBackupThereAndBack"}},
	}
}
