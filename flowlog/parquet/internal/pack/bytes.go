package pack

// Magic begins and ends a file.
const Magic = "PAR1"

// Resize returns a slice of n elements, in the memory of s if there is enough. The
// elements are not cleared.
func Resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
