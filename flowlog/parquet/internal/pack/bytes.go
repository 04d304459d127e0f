package pack

// Magic is the first and the last four bytes of a Parquet file.
const Magic = "PAR1"

// Resize returns a slice of n elements, in the memory of s if its capacity is
// large enough. The elements have any value.
func Resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
