package lambdakit

import (
	"fmt"
	"os"
	"slices"
)

// Help ends the process if it was not started by Lambda. With -h it writes help to
// standard output, and the exit code is 0. Otherwise it says on standard error that
// the program is a Lambda function, and the exit code is 2. A function calls it first,
// because without Lambda its environment is not set.
func Help(name, help string) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		return
	}
	if slices.ContainsFunc(os.Args[1:], func(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }) {
		fmt.Print(help)
		os.Exit(0)
	}
	fmt.Fprintf(os.Stderr, "%s: this is a Lambda function, not a command; -h explains it, and examples/DEPLOY.md deploys it\n", name)
	os.Exit(2)
}
