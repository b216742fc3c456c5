package config

import (
	"time"

	"github.com/atrilhq/platform/internal/secret"
)

// Config is everything an operator decides. The tags are read by this package:
// key names a value, doc explains it, default is its value where nobody sets
// it, allow is the set or the range of what it may be.
type Config struct {
	DataDir    string     `key:"data_dir" doc:"Directory for the database and everything else that is kept. The default is platform in the user's state directory."`
	Socket     string     `key:"socket" doc:"Path of the Unix socket that platformctl talks to. Empty puts it in the runtime directory or in data_dir." allow:"path of at most 103 bytes"`
	Listen     string     `key:"listen" default:"127.0.0.1:8080" doc:"Address that the HTTP API listens on. Port 0 takes a free one; empty turns it off." allow:"host:port"`
	Roles      []string   `key:"roles" default:"gateway,audio,api,worker" doc:"What this process does." allow:"gateway|audio|api|worker"`
	Partitions int        `key:"partitions" default:"16" doc:"Number of partitions of a new database. An existing database keeps its own." allow:"1..1024"`
	Log        Log        `key:"log"`
	Operations Operations `key:"operations"`
	Database   Database   `key:"database"`
	Redis      Redis      `key:"redis"`
	Discord    Discord    `key:"discord"`
	Lavalink   Lavalink   `key:"lavalink"`
	Audio      Audio      `key:"audio"`
	Resolve    Resolve    `key:"resolve"`
	Plan       Plan       `key:"plan"`
	Timeouts   Timeouts   `key:"timeouts"`
	Music      Music      `key:"music"`
	Retention  Retention  `key:"retention"`
	Archive    Archive    `key:"archive"`

	origins map[string]string
}

// Log is how the daemon reports.
type Log struct {
	Level  string `key:"level" default:"info" doc:"The least important records that are written." allow:"debug|info|warn|error"`
	Format string `key:"format" default:"text" doc:"Text for people, JSON for machines." allow:"text|json"`
}

// Operations is the listener for metrics, health and profiles.
type Operations struct {
	Listen      string `key:"listen" default:"127.0.0.1:9464" doc:"Address of metrics, health and profiles. Port 0 takes a free one; empty turns it off." allow:"host:port on loopback, unless operations.allow_remote is true"`
	AllowRemote bool   `key:"allow_remote" default:"false" doc:"Lets operations.listen be an address that other machines reach. Nothing on it asks who is calling." allow:"true|false"`
}

// Database says where rows are kept.
type Database struct {
	URL secret.Text `key:"url" doc:"Where rows are kept. Empty means SQLite in data_dir." allow:"sqlite:///PATH or postgres://USER:PASSWORD@HOST/NAME"`
}

// Redis says where the roles of several processes hear each other.
type Redis struct {
	URL secret.Text `key:"url" many:"true" doc:"Where roles in several processes hear each other. Empty means within this process only. A list is the addresses of a cluster, or of sentinels." allow:"redis://USER:PASSWORD@HOST:PORT/NUMBER, rediss:// for TLS, unix:///PATH, a list of a cluster's addresses, or redis+sentinel://HOST:PORT/NAME, of which there may be a list too"`
}

// Discord is the bots and where their platform is.
type Discord struct {
	RestURL     string `key:"rest_url" default:"https://discord.com/api/v10" doc:"Base address of Discord's REST API." allow:"https:// address, or http:// on loopback"`
	GatewayURL  string `key:"gateway_url" doc:"Address of Discord's gateway. Empty asks the REST API for it." allow:"wss:// address, or ws:// on loopback"`
	Compression string `key:"compression" default:"zstd" doc:"How the gateway compresses what it sends: a tenth of the bytes for a little work." allow:"zstd|zlib|off"`
	Bots        []Bot  `key:"bots" doc:"The accounts of the pool, the front bot first: it owns commands, answers and panels, the others only play. DISCORD_TOKEN sets one, named main." allow:"list of {name, token or token_file, front, invite_url}"`
}

// Bot is one Discord account of the pool.
type Bot struct {
	Name      string      `key:"name" doc:"What we call the bot in logs and commands." allow:"lower-case letters, digits, - and _, at most 32" required:"true"`
	Token     secret.Text `key:"token" doc:"The bot's token." allow:"the token alone, without the word Bot"`
	TokenFile string      `key:"token_file" doc:"A file that holds the token, instead of token." allow:"path of a readable file"`
	InviteURL string      `key:"invite_url" doc:"Page by which the bot is brought into a guild. Empty is Discord's own, with the bot's application and the permissions that it needs." allow:"https:// address"`
	Front     bool        `key:"front" default:"false" doc:"Makes it the front bot although another one stands first. One bot can be it." allow:"true|false"`
}

// Lavalink is the nodes that play.
type Lavalink struct {
	Nodes []Node `key:"nodes" doc:"The nodes that play. LAVALINK_NODES sets them as name=host:port,password;…" allow:"list of {name, address, password or password_file, secure, regions}"`
}

// Node is one Lavalink or NodeLink server.
type Node struct {
	Name         string      `key:"name" doc:"What we call the node." allow:"lower-case letters, digits, - and _, at most 32" required:"true"`
	Address      string      `key:"address" doc:"Where the node listens." allow:"host:port" required:"true"`
	Password     secret.Text `key:"password" doc:"The node's password."`
	PasswordFile string      `key:"password_file" doc:"A file that holds the password, instead of password." allow:"path of a readable file"`
	Secure       bool        `key:"secure" default:"false" doc:"Uses TLS." allow:"true|false"`
	Regions      []string    `key:"regions" doc:"Where the node stands, as the names of Discord's voice servers begin. Players whose voice server is near are given to it first." allow:"list of names such as rotterdam or us-east"`
}

// Audio is what part of the work a process with the audio role takes.
type Audio struct {
	Weight int `key:"weight" default:"100" doc:"How much of the partitions this process takes, compared with other audio processes. A small one makes it a canary: 4 beside three of 100 is about one partition in 76." allow:"1..1000"`
}

// Resolve is how a query becomes tracks, and what may be fetched.
type Resolve struct {
	SearchPrefix  string   `key:"search_prefix" default:"ytsearch:" doc:"The search of the node that a query without a URL goes to." allow:"letters and digits, at most 32, then a colon"`
	AllowNetworks []string `key:"allow_networks" doc:"Private networks that a URL may lead to all the same." allow:"list of networks such as 10.1.0.0/16"`
	AllowHosts    []string `key:"allow_hosts" doc:"The only hosts that a URL may name, with everything below them. Empty allows all that are not denied." allow:"list of host names such as example.com"`
	DenyHosts     []string `key:"deny_hosts" doc:"Hosts that a URL may not name, nor anything below them." allow:"list of host names such as example.com"`
}

// Plan is what guilds start with.
type Plan struct {
	Default string `key:"default" default:"free" doc:"The plan of a guild that nobody pays for." allow:"free|pro|elite"`
}

// Timeouts bound what may hang.
type Timeouts struct {
	LeaseTTL time.Duration `key:"lease_ttl" default:"5s" doc:"How long the right to own a partition or a shard lasts without being renewed." allow:"2s..5m"`
	Database time.Duration `key:"database" default:"2s" doc:"How long a query may take." allow:"100ms..1m"`
	Start    time.Duration `key:"start" default:"0s" doc:"How long a start waits for a PostgreSQL that is away; 0s ends it at once. Redis is always waited for." allow:"0s..24h"`
	Shutdown time.Duration `key:"shutdown" default:"20s" doc:"How long the daemon takes to finish what it has begun when it is told to stop." allow:"1s..5m"`
}

// Music is what new guilds start with.
type Music struct {
	Idle  time.Duration `key:"idle" default:"5m" doc:"How long a bot stays in voice without anything to play." allow:"10s..24h"`
	Empty time.Duration `key:"empty" default:"2m" doc:"How long a bot plays to nobody before it leaves." allow:"10s..24h"`
}

// Retention is for how many days rows are kept before the worker removes them.
type Retention struct {
	Journal     int    `key:"journal" default:"90" doc:"Days that events are kept, and as long as something has not read them yet." allow:"1..3650"`
	Effects     int    `key:"effects" default:"30" doc:"Days that answers and notices are known after they were given or expired." allow:"1..365"`
	Plays       int    `key:"plays" default:"400" doc:"Days that plays are kept, from which lists and totals are made." allow:"1..3650"`
	Heard       int    `key:"heard" default:"400" doc:"Days that is known which tracks a member heard, for choices while typing." allow:"1..3650"`
	Archive     string `key:"archive" doc:"The former name of archive.url, for a directory." allow:"absolute path"`
	DeadLetters int    `key:"dead_letters" default:"30" doc:"Days that inputs that could not be carried out can be looked into." allow:"1..3650"`

	Types map[string]time.Duration `key:"types" doc:"Types of events that leave the journal before the others, with how long they are kept. A name that ends in .* is for all that begin so." allow:"TYPE: DURATION from 1h to retention.journal, as music.queue.*: 48h"`
}

// Archive is where events go before they leave the journal.
type Archive struct {
	URL           string      `key:"url" doc:"Where events are put, as compressed files, before they are removed from the journal: a directory, or a bucket of S3-compatible storage. Empty removes them for ever. Making plays anew reads them back." allow:"absolute path, or s3://BUCKET/PREFIX?endpoint=HOST:PORT&region=REGION"`
	AccessKey     string      `key:"access_key" doc:"Who asks the storage of an s3:// address." allow:"the name of an access key"`
	SecretKey     secret.Text `key:"secret_key" doc:"The secret of the access key."`
	SecretKeyFile string      `key:"secret_key_file" doc:"A file that holds the secret key, instead of secret_key." allow:"path of a readable file"`
}
