// One component of Grafana's for each kind of panel; kinds.json says which.
import { getFieldDisplayValues } from "@grafana/data";
import { BigValue, PanelChrome, TimeSeries, VizRepeater, useTheme2 } from "@grafana/ui";
import { useEffect, useState } from "react";

import kinds from "../kinds.json";
import { dressed, figures } from "./figures.js";
import { checked } from "./logs.js";

const DRAWN_BY = { BigValue: Stat, TimeSeries: Course, PanelChrome: Logs };

export function Panel({ panel, width, height, range, prometheus, told }) {
  const [found, setFound] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    if (kinds[panel.type] === "PanelChrome") {
      // Queries are read, and asked of nobody.
      Promise.all(panel.targets.map(async ({ expr }) => checked(expr))).then(() => setFound([]), setError);
      return;
    }
    figures(panel, range, width, prometheus).then(setFound, setError);
  }, []);
  useEffect(() => {
    if (found || error) {
      told(report(found ?? [], error));
    }
  }, [found, error]);
  return (
    <PanelChrome
      title={panel.title}
      description={panel.description}
      width={width}
      height={height}
      statusMessage={error?.message}
    >
      {(inside, below) => <Content {...{ panel, found, range }} width={inside} height={below} />}
    </PanelChrome>
  );
}

function Content({ panel, found, ...place }) {
  const theme = useTheme2();
  if (found === null) {
    return null;
  }
  const Drawn = DRAWN_BY[kinds[panel.type]];
  return <Drawn {...{ panel, theme, data: dressed(found, panel, theme) }} {...place} />;
}

function Logs({ panel }) {
  return <Words>Lines of logs come from Loki, which did not take part: {panel.targets[0].expr}</Words>;
}

function Course({ panel, data, width, height, range }) {
  if (data.frames.length === 0) {
    return <Words>No data</Words>;
  }
  const { legend } = panel.options;
  return <TimeSeries frames={data.frames} timeRange={range} timeZone="utc" {...{ width, height, legend }} />;
}

function Stat({ panel, data, width, height, theme }) {
  const { options } = panel;
  const values = getFieldDisplayValues({
    data: data.frames,
    fieldConfig: data.fieldConfig,
    replaceVariables: data.replaceVariables,
    reduceOptions: options.reduceOptions,
    sparkline: options.graphMode !== "none",
    theme,
    timeZone: "utc",
  });
  return (
    <VizRepeater
      source={values}
      getValues={() => values}
      width={width}
      height={height}
      orientation={options.orientation}
      renderValue={({ value, width, height, count }) => (
        <BigValue
          value={value.display}
          sparkline={value.sparkline}
          colorMode={options.colorMode}
          graphMode={options.graphMode}
          justifyMode={options.justifyMode}
          textMode={options.textMode}
          text={options.text}
          theme={theme}
          {...{ width, height, count }}
        />
      )}
    />
  );
}

function Words({ children }) {
  return <div className="words">{children}</div>;
}

function report(frames, error) {
  const values = frames.flatMap((frame) => frame.fields.slice(1));
  return {
    drawn: values.length,
    points: values.reduce((sum, field) => sum + field.values.length, 0),
    names: values.map((field) => field.config.displayNameFromDS),
    error: error?.message ?? null,
  };
}
