// <time-chart>: draws the JSON in its script block, {"times": [seconds…], "series": [{"label", "values"}…]}, with uPlot.
/** @type {any} */
const UPlot = /** @type {any} */ (window).uPlot;

/** As wide as the longest label needs. */
const axisWidth = (/** @type {any} */ _, /** @type {string[] | null} */ labels) =>
  Math.max(46, 14 + 8 * Math.max(0, ...(labels ?? []).map((label) => String(label).length)));

class TimeChart extends HTMLElement {
  /** The plot without its legend, in pixels. */
  get plotHeight() {
    return this.hasAttribute("tall") ? 240 : 130;
  }

  connectedCallback() {
    const block = this.querySelector("script[type='application/json']");
    if (!block?.textContent || this.plot) return;
    const data = JSON.parse(block.textContent);
    const style = getComputedStyle(this);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const strokes = ["--accent", "--high", "--medium", "--good", "--low", "--muted"];
    const isBars = this.hasAttribute("bars");
    const ink = window.matchMedia("(prefers-color-scheme: dark)").matches ? "#98a3b0" : "#5b6572";
    const fallback = ["#5b8def", "#e5695e", "#d99a2b", "#3fa66b", "#a39a2a", "#8591a0"];
    this.plot = new UPlot({
      width: this.clientWidth, height: this.plotHeight,
      legend: { show: data.series.length > 1 },
      cursor: { y: false },
      axes: [{ stroke: ink, grid: { show: false } }, { stroke: ink, size: axisWidth, grid: { stroke: "rgb(128 128 128 / 0.18)" } }],
      series: [{}, ...data.series.map((/** @type {any} */ one, /** @type {number} */ index) => ({
        label: one.label,
        stroke: colour(strokes[index % strokes.length]).startsWith("#") ? colour(strokes[index % strokes.length]) : fallback[index % fallback.length],
        fill: isBars ? fallback[index % fallback.length] + "99" : undefined,
        paths: isBars ? UPlot.paths.bars({ size: [0.8, 40] }) : undefined,
        points: { show: !isBars && data.times.length < 60 },
      }))],
    }, [data.times, ...data.series.map((/** @type {any} */ one) => one.values)], this);
    this.observer = new ResizeObserver(() => this.plot.setSize({ width: this.clientWidth, height: this.plotHeight }));
    this.observer.observe(this);
  }

  disconnectedCallback() {
    this.observer?.disconnect();
    this.plot?.destroy();
    this.plot = undefined;
  }
}

customElements.define("time-chart", TimeChart);
