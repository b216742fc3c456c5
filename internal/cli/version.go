package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/output"
)

// build is what version prints.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"`
	Go      string `json:"go"`
	System  string `json:"system"`
}

func newCmdVersion(k *kit) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: k.say("Show the version of platformctl"), Args: k.exactly(),
		Example: examples("platformctl version", "platformctl version -o json"),
		RunE: func(*cobra.Command, []string) error {
			p, err := k.printer()
			if err != nil {
				return err
			}
			b := build{either(k.Build.Version, "dev"), k.Build.Commit, k.Build.Date, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			return p.Print(b, nil, func() output.Table {
				t := output.Fields(
					output.Text(k.say("version"), b.Version), output.Text(k.say("commit"), either(b.Commit, "-")),
					output.Text(k.say("built"), either(b.Date, "-")), output.Text("go", b.Go), output.Text(k.say("system"), b.System),
				)
				t.Names = []string{b.Version}
				return t
			})
		},
	}
}
