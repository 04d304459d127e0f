package engines

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// hiveParser is the parser of Hive 4.
type hiveParser struct{ *talker }

func startHive(t testing.TB) hiveParser {
	t.Helper()
	dir := need(t, "hive")
	return hiveParser{talk(t, "hive", java17(t, "-Xmx512m", "--add-opens=java.base/java.net=ALL-UNNAMED",
		"-cp", filepath.Join(dir, "classes")+":"+filepath.Join(dir, "lib", "*"), "HiveParser"))}
}

// try returns the syntax tree of a statement as text.
func (h hiveParser) try(t testing.TB, statement string) (string, error) {
	t.Helper()
	var answer struct{ Tree, Error string }
	h.ask(t, statement, &answer)
	if answer.Error != "" {
		return "", errors.New("hive: " + answer.Error + "\n" + statement)
	}
	return answer.Tree, nil
}

// parse returns the syntax tree of a statement that must parse.
func (h hiveParser) parse(t testing.TB, statement string) string {
	t.Helper()
	tree, err := h.try(t, statement)
	require.NoError(t, err)
	return tree
}
