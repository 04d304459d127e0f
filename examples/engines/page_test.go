package engines

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/vpcflow/examples/internal/answer"
	"github.com/vpcflow/vpcflow/examples/internal/page"
)

// browser is a headless Chromium that shows one page.
type browser struct {
	ctx context.Context

	mu       sync.Mutex
	messages []string // of the console and of the browser, and errors of scripts
	requests []string // but for the page itself
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	mayLeaveOut(t, "chromium")
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	require.NotEmpty(t, path, "no Chromium: run ./install")
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{ctx: ctx}
	chromedp.ListenTarget(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			b.messages = append(b.messages, fmt.Sprint("console ", e.Type))
		case *runtime.EventExceptionThrown:
			b.messages = append(b.messages, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			b.messages = append(b.messages, e.Entry.Text)
		case *cdppage.EventJavascriptDialogOpening:
			b.messages = append(b.messages, "dialog "+e.Message)
		case *network.EventRequestWillBeSent:
			if e.Type != network.ResourceTypeDocument {
				b.requests = append(b.requests, e.Request.URL)
			}
		}
	})
	require.NoError(t, chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable()))
	return b
}

func (b *browser) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	require.NoError(t, chromedp.Run(b.ctx, actions...))
}

// eval returns the value of an expression of JavaScript.
func eval[T any](t *testing.T, b *browser, expression string) (v T) {
	t.Helper()
	b.run(t, chromedp.Evaluate(expression, &v))
	return v
}

// open shows a page at a width, in a color scheme.
func (b *browser) open(t *testing.T, a *answer.Answer, width int64, scheme string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	f, err := os.Create(path)
	require.NoError(t, err)
	queries, err := page.Queries(a, nil, nil)
	require.NoError(t, err)
	require.NoError(t, page.Write(f, a, queries))
	require.NoError(t, f.Close())
	b.run(t,
		emulation.SetDeviceMetricsOverride(width, 900, 1, width < 600),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.Navigate((&url.URL{Scheme: "file", Path: path}).String()),
	)
}

// quiet requires that the page had nothing to say, and asked for nothing.
func (b *browser) quiet(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	assert.Empty(t, b.messages)
	assert.Empty(t, b.requests)
}

// The page can be read on a telephone and on a desk, by day and by night. With
// VPCFLOW_PAGE in the environment, its pictures are kept in that folder.
func TestPageLooks(t *testing.T) {
	b := newBrowser(t)
	for _, width := range []int64{375, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			name := fmt.Sprintf("%s-%d", scheme, width)
			t.Run(name, func(t *testing.T) {
				b.open(t, page.Sample(), width, scheme)
				assert.LessOrEqual(t, eval[int64](t, b, "document.documentElement.scrollWidth"), width, "nothing is wider than the window")
				// Text of at least 11 px, none of it in a drawing.
				assert.Empty(t, eval[[]string](t, b, `[...document.querySelectorAll("body *")].filter(e =>
					[...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()) && parseFloat(getComputedStyle(e).fontSize) < 11).map(e => e.outerHTML.slice(0, 80))`))
				assert.Zero(t, eval[int](t, b, `document.querySelectorAll("svg text").length`))
				assert.Empty(t, eval[[]string](t, b, contrast), "text that does not stand out from what is behind it")
				dark := eval[string](t, b, "getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 24)"
				assert.Equal(t, scheme == "dark", dark)
				var picture []byte
				b.run(t, chromedp.FullScreenshot(&picture, 100))
				assert.Greater(t, len(picture), 50_000)
				if dir := os.Getenv("VPCFLOW_PAGE"); dir != "" {
					require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o666))
				}
			})
		}
	}
	b.run(t, chromedp.ActionFunc(func(ctx context.Context) error {
		pdf, _, err := cdppage.PrintToPDF().Do(ctx)
		assert.Greater(t, len(pdf), 20_000)
		return err
	}))
	b.quiet(t)
}

// contrast lists text with less than WCAG's 4.5 to 1.
const contrast = `(() => {
	const parse = c => (c.match(/[\d.]+/g) || []).map(Number);
	const luminance = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
	const behind = e => {
		const layers = [];
		for (; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			layers.push(c);
			if (c.length == 3 || c[3] == 1) break;
		}
		return layers.reverse().reduce((under, c) => c.length == 3 ? c : under.map((u, i) => u * (1 - c[3]) + c[i] * c[3]), [255, 255, 255]);
	};
	return [...document.querySelectorAll("body *")].filter(e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()) && e.checkVisibility()).filter(e => {
		const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(behind(e))];
		return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5;
	}).map(e => e.outerHTML.slice(0, 80));
})()`

const (
	column  = `[...document.querySelectorAll("#ports-t tbody tr")].filter(r => !r.hidden).map(r => r.cells[%d].dataset.v)`
	sorting = `[...document.querySelectorAll("#ports-t thead th")].map(h => h.getAttribute("aria-sort") || "").join("")`
	button  = `#ports-t thead th:nth-child(%d) button`
)

func TestPageSortsAndFilters(t *testing.T) {
	for _, width := range []int64{375, 1280} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			b := newBrowser(t)
			b.open(t, page.Sample(), width, "light")
			numbers := func(index int) []int64 {
				var all []int64
				for _, s := range eval[[]string](t, b, fmt.Sprintf(column, index)) {
					var n int64
					_, err := fmt.Sscan(s, &n)
					require.NoError(t, err)
					all = append(all, n)
				}
				return all
			}
			const bytes = 3
			b.run(t, chromedp.Click(fmt.Sprintf(button, bytes+1), chromedp.ByQuery))
			down := numbers(bytes)
			assert.Len(t, down, 11)
			assert.True(t, slices.IsSortedFunc(down, func(a, b int64) int { return int(b - a) }))
			assert.Equal(t, "descending", eval[string](t, b, sorting))
			b.run(t, chromedp.Click(fmt.Sprintf(button, bytes+1), chromedp.ByQuery))
			assert.True(t, slices.IsSorted(numbers(bytes)))
			assert.Equal(t, "ascending", eval[string](t, b, sorting))
			assert.Equal(t, "sorted by bytes, ascending", eval[string](t, b, `document.getElementById("said").textContent`))

			// By keyboard, ports as numbers.
			b.run(t, chromedp.Focus(fmt.Sprintf(button, 1), chromedp.ByQuery),
				input.DispatchKeyEvent(input.KeyDown).WithKey("Enter").WithText("\r"), input.DispatchKeyEvent(input.KeyUp).WithKey("Enter"))
			ports := eval[[]string](t, b, fmt.Sprintf(column, 0))
			assert.Equal(t, []string{"00000/ICMP", "00022/TCP", "00053/UDP"}, ports[:3])

			b.run(t, chromedp.SendKeys("#find-ports", "4444 tcp", chromedp.ByQuery))
			assert.Equal(t, []string{"04444/TCP"}, eval[[]string](t, b, fmt.Sprintf(column, 0)))
			assert.Equal(t, "1 of 11", eval[string](t, b, `document.querySelector(".find output").textContent`))
			b.run(t, chromedp.SendKeys("#find-ports", strings.Repeat("\b", len("4444 tcp")), chromedp.ByQuery))
			assert.Len(t, numbers(bytes), 11)

			b.run(t, chromedp.Click("#ports summary", chromedp.ByQuery), chromedp.Click("#ports .copy", chromedp.ByQuery),
				chromedp.Poll(`document.querySelector("#ports .copy").textContent == "Copied"`, nil))
			b.quiet(t)
		})
	}
}

// What a log holds changes nothing in the page.
func TestPageHostile(t *testing.T) {
	b := newBrowser(t)
	count := func(value string) map[string]int {
		a := page.Sample()
		members := func(list []answer.Member) {
			for i := range list {
				list[i].ID, list[i].Name, list[i].Services = value, value, []string{value}
			}
		}
		for i := range a.Ports {
			r := &a.Ports[i]
			r.By, r.Label, r.Name = value, value, value
			members(r.MachineList)
			members(r.PeerList)
		}
		members(a.Peers)
		members(a.Rejects)
		for i := range a.Machines {
			a.Machines[i] = value
		}
		b.open(t, a, 375, "light")
		assert.LessOrEqual(t, eval[int64](t, b, "document.documentElement.scrollWidth"), int64(375), "%.20q", value)
		return eval[map[string]int](t, b, `[...document.querySelectorAll("*")].reduce((n, e) => { n[e.tagName] = (n[e.tagName] || 0) + 1; return n }, {})`)
	}
	want := count("x")
	for _, value := range []string{
		`</td></table><script>alert(1)</script>`, `"><img src=http://127.0.0.1:9/x onerror=alert(1)>`, `' onmouseover='alert(1)`,
		`</title></style></script><iframe src="javascript:alert(1)">`, "\x1b]0;x\x07", strings.Repeat("W", 4000), strings.Repeat("ﷺ", 1300),
	} {
		assert.Equal(t, want, count(value), "%.20q", value)
	}
	b.quiet(t)
}
