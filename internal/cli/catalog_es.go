package cli

import "maps"

// spanish is the catalog of help and messages, by their English text. It is a
// function so that a run in English does not build it.
func spanish() map[string]string {
	all := spanishHelp()
	maps.Copy(all, spanishTalk())
	maps.Copy(all, spanishTables())
	maps.Copy(all, spanishFields())
	maps.Copy(all, spanishOrders())
	maps.Copy(all, spanishMaintenance())
	maps.Copy(all, spanishFaults())
	maps.Copy(all, spanishTools())
	return all
}

func spanishHelp() map[string]string {
	return map[string]string{
		"Usage": "Uso", "Examples": "Ejemplos", "Commands": "Órdenes", "Flags": "Opciones", "Flags of every command": "Opciones de todas las órdenes",
		"Act as a member of the sandbox's Discord": "Actúa como un miembro del Discord de pruebas",
		"Follow events as they come":               "Sigue los sucesos según llegan",
		"Help about any command":                   "Ayuda sobre cualquier orden",
		"Join a voice channel":                     "Entra en un canal de voz",
		"Join, move to or leave a voice channel":   "Entra en un canal de voz, cambia a otro o sal de él",
		"Leave the voice channel":                  "Sal del canal de voz",

		"List events of the journal, the newest at the end": "Lista los sucesos del diario, los más nuevos al final",

		"List nodes":   "Lista los nodos",
		"List players": "Lista los reproductores",

		"Move to another voice channel":                          "Cambia a otro canal de voz",
		"Operate the platform and its sandbox":                   "Opera la plataforma y su banco de pruebas",
		"Print a script that completes commands in a shell":      "Imprime un guion que completa las órdenes en un intérprete",
		"Put the sandbox's Discord back to what it was at first": "Devuelve el Discord de pruebas a su estado inicial",

		"See what happened, and what happens": "Mira lo que pasó y lo que pasa",
		"See what waits to be played":         "Mira lo que espera para sonar",
		"Show a queue":                        "Muestra una cola",
		"Show how the daemon is":              "Muestra cómo está el servicio",
		"Show one node":                       "Muestra un nodo",
		"Show one player":                     "Muestra un reproductor",

		"Show the messages of a text channel":                               "Muestra los mensajes de un canal de texto",
		"Show the version of platformctl":                                   "Muestra la versión de platformctl",
		"Type a slash command and wait for the answer":                      "Escribe una orden con barra y espera la respuesta",
		"begin behind this sequence number; -1 begins with what comes next": "empieza tras este número; -1 empieza con lo que venga",

		"go on where the page before ended": "sigue donde terminó la página anterior",

		"guild": "servidor de Discord",

		"how long to wait for the answer": "cuánto esperar la respuesta",
		"how long to wait for the daemon": "cuánto esperar al servicio",
		"how many at most, up to 1000":    "cuántos como máximo, hasta 1000",
		"how many at most, up to 500":     "cuántos como máximo, hasta 500",

		"how to print: table, wide, json, jsonl, yaml or name":                 "cómo imprimir: table, wide, json, jsonl, yaml o name",
		"how to show times in tables: relative, iso or raw":                    "cómo mostrar las horas en tablas: relative, iso o raw",
		"id of the message; the newest with that button where it is not named": "id del mensaje; si no se nombra, el más nuevo con ese botón",
		"language of help and messages: en or es":                              "idioma de la ayuda y los mensajes: en o es",
		"only before this time, written like --since":                          "solo antes de esta hora, escrita como --since",
		"only behind this sequence number, oldest first":                       "solo tras este número, los más viejos primero",
		"only events of this guild":                                            "solo sucesos de este servidor de Discord",

		"only from this time on: 10m (ago) or 2026-01-31T15:04:05Z": "solo desde esta hora: 10m (hace) o 2026-01-31T15:04:05Z",

		"only players of this bot":   "solo reproductores de este bot",
		"only players of this guild": "solo reproductores de este servidor de Discord",
		"only players on this node":  "solo reproductores en este nodo",

		"only these types; music.play.* stands for all that begin so":                       "solo estos tipos; music.play.* vale por todos los que empiezan así",
		"path of the admin socket (PLATFORM_SOCKET); found by itself where it is not named": "ruta del socket de administración (PLATFORM_SOCKET); si no se nombra, se encuentra solo",

		"print only data and errors": "imprime solo datos y errores",
		"read every page":            "lee todas las páginas",

		"read the whole journal, oldest first": "lee todo el diario, lo más viejo primero",

		"show help": "muestra la ayuda",

		"stop after so many events; 0 never stops":          "para tras tantos sucesos; 0 no para nunca",
		"text channel; the first one where it is not named": "canal de texto; si no se nombra, el primero",
		"the first events that fit instead of the last":     "los primeros sucesos que encajan en vez de los últimos",

		"who acts": "quién actúa",

		"platformctl asks a running platformd on this machine how it is, what plays and what happened, and plays the members of the sandbox's Discord.":   "platformctl pregunta a un platformd en marcha en esta máquina cómo está, qué suena y qué pasó, y hace de los miembros del Discord de pruebas.",
		"The sandbox is a daemon that was started with platformd --sandbox: its Discord and its nodes are simulators, and these commands are its people.": "El banco de pruebas es un servicio arrancado con platformd --sandbox: su Discord y sus nodos son simuladores, y estas órdenes son su gente.",
		"Types a slash command as a member would, waits for the last answer and prints the message. Without an answer in time the exit code is 8.":        "Escribe una orden con barra como lo haría un miembro, espera la última respuesta e imprime el mensaje. Sin respuesta a tiempo el código de salida es 8.",
	}
}

func spanishTalk() map[string]string {
	return map[string]string{
		"error": "error", "next": "siguiente paso", "request": "petición", "usage: %s": "uso: %s",
		"%q is one argument too many": "sobra el argumento %q",

		"%s is missing": "falta %s",

		"%s is neither a duration such as 10m nor a time such as 2026-01-31T15:04:05Z": "%s no es ni una duración como 10m ni una hora como 2026-01-31T15:04:05Z",

		"asking the daemon":            "preguntando al servicio",
		"did you mean %s?":             "¿querías decir %s?",
		"done: %s %s %s":               "hecho: %s %s %s",
		"guild %s has no player":       "el servidor %s no tiene reproductor",
		"guild %s has several players": "el servidor %s tiene varios reproductores",
		"name one of the bots: %s":     "nombra uno de los bots: %s",
		"no answer came in time":       "no llegó ninguna respuesta a tiempo",

		"no events":   "no hay sucesos",
		"no messages": "no hay mensajes",

		"no nodes are configured": "no hay nodos configurados",

		"no players":         "no hay reproductores",
		"reading events":     "leyendo sucesos",
		"reading nodes":      "leyendo nodos",
		"reading players":    "leyendo reproductores",
		"reading the node":   "leyendo el nodo",
		"reading the player": "leyendo el reproductor",
		"reading the queue":  "leyendo la cola",

		"ready":     "listo",
		"not ready": "no está listo",

		"run %s --help to see what there is":              "ejecuta %s --help para ver lo que hay",
		"run platformctl --help to see what there is":     "ejecuta platformctl --help para ver lo que hay",
		"run platformctl players list to see the players": "ejecuta platformctl players list para ver los reproductores",

		"the queue is empty":                                  "la cola está vacía",
		"the sandbox is as it was at first":                   "el banco de pruebas está como al principio",
		"the stream ended; connecting again":                  "la conexión terminó; conectando de nuevo",
		"there is more: go on with --after %d, or use --all":  "hay más: sigue con --after %d, o usa --all",
		"there is more: go on with --cursor %s, or use --all": "hay más: sigue con --cursor %s, o usa --all",
		"there is no command %q below %s":                     "no hay ninguna orden %q en %s",

		"wait longer with --wait, or look at platformctl sandbox messages": "espera más con --wait, o mira platformctl sandbox messages",

		"waiting for the answer": "esperando la respuesta",

		"start one with platformd, or name its socket with --socket or PLATFORM_SOCKET": "arranca uno con platformd, o nombra su socket con --socket o PLATFORM_SOCKET",
		"run the command as the user that runs the daemon, or as root":                  "ejecuta la orden como el usuario del servicio, o como root",
	}
}
