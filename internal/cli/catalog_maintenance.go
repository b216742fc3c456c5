package cli

// spanishMaintenance are the texts of the commands that let changes wait.
func spanishMaintenance() map[string]string {
	return map[string]string{
		"message":     "mensaje",
		"until":       "hasta",
		"by":          "por",
		"changed":     "cambiado",
		"maintenance": "mantenimiento",
		"Let members' changes wait while you work, and music go on":                      "Deja en espera los cambios de los miembros mientras trabajas; la música sigue",
		"Let members' changes wait while music goes on":                                  "Deja en espera los cambios de los miembros mientras la música sigue",
		"Let members' changes go on":                                                     "Deja que los cambios de los miembros sigan",
		"Show whether members' changes wait":                                             "Muestra si los cambios de los miembros esperan",
		"what members read besides our own words, at most 300 bytes":                     "lo que leen los miembros además de nuestras palabras, como mucho 300 bytes",
		"when changes go on by themselves: in how long, or a time as RFC 3339 writes it": "cuándo siguen solos los cambios: dentro de cuánto, o una hora como la escribe RFC 3339",
		"--until is %q, which is neither a length of time nor a time":                    "--until es %q, que no es ni una duración ni una hora",
		"write 30m or 2026-01-31T22:00:00Z":                                              "escribe 30m o 2026-01-31T22:00:00Z",
		"changes work":                                                                   "los cambios funcionan",
		"changes wait":                                                                   "los cambios esperan",
		"changes wait, which ends %s: %s":                                                "los cambios esperan; termina %s: %s",
		"changes wait until somebody ends it: %s":                                        "los cambios esperan hasta que alguien lo termine: %s",
	}
}
