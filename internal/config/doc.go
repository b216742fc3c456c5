// Package config gathers what an operator decides: defaults, a YAML file, the
// environment and flags, each overriding the one before it.
//
// The structs in config.go are the only description. Their tags carry the key,
// the default, what is allowed and the words for the operator; loading,
// Explain, the messages of a refusal and schema/config.json all come from them.
//
// Environment variables are PLATFORM_ followed by the key in capitals, with two
// underscores for each dot: log.level is PLATFORM_LOG__LEVEL. Lists of text are
// separated by commas. Two more forms serve a quick start:
//
//	DISCORD_TOKEN=token
//	    one bot, named main
//	LAVALINK_NODES=name=host:port,password;name2=host:port,password2
//	    nodes  = node *( ";" node )
//	    node   = name "=" [ "http://" / "https://" ] host ":" port "," password
//	    An IPv6 host stands in brackets. A password runs to the next ";", so it
//	    may contain commas. https:// makes the connection secure.
//
// A list that is set in one source replaces the list of the sources before it.
package config
