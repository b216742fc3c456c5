package compat

import (
	"errors"
	"io/fs"
	"path"

	"github.com/atrilhq/platform/internal/fault"
)

// CompareSet compares every contract (*.json) in the directory released with the
// one of the same name in the directory current and returns the changes by file
// name; files without changes are left out. A current contract that was never
// released is of no interest here. It returns fault.Invalid, naming the file, for
// a contract that cannot be read and fault.Internal where files cannot.
func CompareSet(files fs.FS, released, current string) (map[string][]Change, error) {
	names, err := fs.Glob(files, path.Join(released, "*.json"))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "compat.CompareSet", "the released contracts cannot be listed")
	}
	if len(names) == 0 {
		return nil, fault.New(fault.Internal, "compat.CompareSet", "there are no released contracts in "+released)
	}
	all := map[string][]Change{}
	for _, name := range names {
		before, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "compat.CompareSet", name+" cannot be read")
		}
		base := path.Base(name)
		after, err := fs.ReadFile(files, path.Join(current, base))
		if errors.Is(err, fs.ErrNotExist) {
			all[base] = []Change{{Kind: ContractRemoved, Detail: "readers and the journal still need it", Breaking: true}}
			continue
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "compat.CompareSet", base+" cannot be read")
		}
		changes, err := Compare(before, after)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "compat.CompareSet", base+" is no contract")
		}
		if len(changes) > 0 {
			all[base] = changes
		}
	}
	return all, nil
}
