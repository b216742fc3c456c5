package cli

// spanishTools are the texts of the commands that platformd carries out.
func spanishTools() map[string]string {
	return map[string]string{
		"See and change the version of the database's schema":                                                           "Mira y cambia la versión del esquema de la base de datos",
		"Move an installation to another database":                                                                      "Lleva una instalación a otra base de datos",
		"Make, check and restore backups of the database":                                                               "Crea, comprueba y restaura copias de seguridad de la base de datos",
		"migrate runs platformd migrate, which works on the database itself while no daemon uses it: status, up, down.": "migrate ejecuta platformd migrate, que trabaja sobre la propia base de datos mientras ningún servicio la usa: status, up, down.",
		"db runs platformd db. copy fills an empty database and then compares every row.":                               "db ejecuta platformd db. copy llena una base de datos vacía y después compara cada fila.",
		"backup runs platformd backup: create while the daemon runs, verify, restore.":                                  "backup ejecuta platformd backup: create con el servicio en marcha, verify, restore.",
		"platformd is neither beside platformctl nor in PATH":                                                           "platformd no está junto a platformctl ni en PATH",
		"install both programs in one directory":                                                                        "instala los dos programas en un mismo directorio",
		"platformd cannot be started":                                                                                   "platformd no se puede iniciar",
	}
}
