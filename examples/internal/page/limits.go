package page

// The limits of a page. Write divides the limits of the first group by two, four and
// so on until the page is smaller than maxPage.
const (
	maxPorts     = 100
	maxPeers     = 50
	maxRejects   = 50
	maxInstances = 12
	maxMatrix    = 20 // ports in the matrix
	maxList      = 3  // names in a cell
	maxNew       = 20
	maxSQL       = 6000 // bytes of a query

	maxTimes    = 96  // bars of the chart
	maxText     = 64  // characters of a value of a log
	maxSentence = 400 // bytes of a note

	maxPage = 300_000 // bytes
)
