package proc

import (
	"path/filepath"
)

// Servers are the addresses of what processes of one installation share.
type Servers struct{ Database, Redis string }

// StartRoles starts a platformd with some roles, separated by commas, as one of
// several processes of an installation. Its data and its socket are below dir in
// a place of its name.
func StartRoles(bin, dir, name, roles string, to Where, s Servers) (*Platform, error) {
	home := filepath.Join(dir, name)
	d := newPlatform(filepath.Join(dir, name+".sock"))
	env := append(to.env(), "PLATFORM_DATABASE__URL="+s.Database, "PLATFORM_REDIS__URL="+s.Redis)
	var err error
	d.Process, err = Start(filepath.Join(bin, "platformd"), dir, env, append(d.args(home), "--roles", roles)...)
	return d, err
}
