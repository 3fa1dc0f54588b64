// Figures of a panel: asked of Prometheus and turned into frames as Grafana's Prometheus data source does.
import { FieldType, Registry, applyFieldOverrides, createDataFrame, rangeUtil } from "@grafana/data";

// What Grafana uses where a dashboard is silent: standard options, then those of the kind of panel.
const THRESHOLDS = { mode: "absolute", steps: [{ value: null, color: "green" }, { value: 80, color: "red" }] };
const COLOURS = { timeseries: "palette-classic", stat: "thresholds" };
const STANDARD = ["unit", "min", "max", "decimals", "displayName", "noValue", "color", "thresholds", "mappings"];
const SCRAPED_EVERY = "15s";

export async function figures(panel, range, width, prometheus) {
  const found = await Promise.all(panel.targets.map((target) => series(target, range, width, prometheus)));
  return found.flat();
}

async function series(target, range, width, prometheus) {
  const step = rangeUtil.calculateInterval(range, width, SCRAPED_EVERY).intervalMs;
  // Grafana begins and ends a query on whole steps.
  const [start, end] = [range.from, range.to].map((time) => Math.floor(time.valueOf() / step) * (step / 1000));
  const asked = new URLSearchParams({ query: target.expr, start, end, step: step / 1000 });
  const answer = await fetch(`${prometheus}/api/v1/query_range?${asked}`);
  const told = await answer.json();
  if (told.status !== "success") {
    throw new Error(`${target.expr}: ${told.error}`);
  }
  return told.data.result.map(({ metric, values }) => frame(metric, values, target, step));
}

function frame(metric, values, target, step) {
  const { __name__: name, ...labels } = metric;
  return createDataFrame({
    refId: target.refId,
    fields: [
      { name: "Time", type: FieldType.time, values: values.map(([time]) => time * 1000), config: { interval: step } },
      {
        name: name ?? "Value",
        type: FieldType.number,
        labels,
        values: values.map(([, value]) => Number(value)),
        config: { displayNameFromDS: called(metric, target) },
      },
    ],
  });
}

function called(metric, { legendFormat, expr }) {
  if (legendFormat) {
    return legendFormat.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => metric[label] ?? "");
  }
  const { __name__: name = "", ...labels } = metric;
  const told = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${told.join(", ")}}` === "{}" ? expr : `${name}{${told.join(", ")}}`;
}

export function dressed(frames, panel, theme) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  const fieldConfig = {
    overrides,
    defaults: { color: { mode: COLOURS[panel.type] }, thresholds: THRESHOLDS, ...defaults },
  };
  fieldConfig.defaults.thresholds = withBase(fieldConfig.defaults.thresholds);
  const replaceVariables = (text) => text;
  const fieldConfigRegistry = options(defaults.custom ?? {});
  const told = { data: frames, fieldConfig, fieldConfigRegistry, replaceVariables, theme, timeZone: "utc" };
  return { frames: applyFieldOverrides(told), fieldConfig, replaceVariables };
}

// Which options there are is told to Grafana by its editors, which are not published: each is taken as it stands.
function options(custom) {
  const option = (path, isCustom) => ({
    id: isCustom ? `custom.${path}` : path,
    name: path,
    path,
    isCustom,
    process: (value) => value,
    shouldApply: () => true,
  });
  return new Registry(() => [
    ...STANDARD.map((path) => option(path, false)),
    ...Object.keys(custom).map((path) => option(path, true)),
  ]);
}

function withBase({ mode, steps }) {
  return { mode, steps: steps.map(({ value, color }) => ({ value: value ?? -Infinity, color })) };
}
