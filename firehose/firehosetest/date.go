package firehosetest

import (
	"net/http"
	"time"
)

// maxSkew is how far a request's signing time may be from the service's time.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
const maxSkew = 5 * time.Minute

// signingTime is the layout of the X-Amz-Date header.
const signingTime = "20060102T150405Z"

// checkDate sets the Date header to the Server's time, and refuses a request whose signing
// time is too far from it.
func (s *Server) checkDate(w http.ResponseWriter, r *http.Request) *apiError {
	now := s.now().UTC()
	w.Header().Set("Date", now.Format(http.TimeFormat))
	date := r.Header.Get("X-Amz-Date")
	signed, err := time.Parse(signingTime, date)
	first, last := now.Add(-maxSkew), now.Add(maxSkew)
	switch {
	case err != nil:
		return errorf(codeMissingToken, "Missing Authentication Token")
	case signed.Before(first):
		return errorf(CodeInvalidSignature, "Signature expired: %s is now earlier than %s (%s - 5 min.)", date, first.Format(signingTime), now.Format(signingTime))
	case signed.After(last):
		return errorf(CodeInvalidSignature, "Signature not yet current: %s is still later than %s (%s + 5 min.)", date, last.Format(signingTime), now.Format(signingTime))
	}
	return nil
}
