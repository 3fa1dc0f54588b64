// A rendered dashboard on Grafana's grid. `window.reported` tells of each panel what it shows, once all have been drawn.
import { EventBusSrv, ThemeContext, createTheme, dateTime } from "@grafana/data";
import { GlobalStyles, PanelContextProvider, PortalContainer } from "@grafana/ui";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

import { Panel } from "./panels.jsx";
import "./main.css";

const COLUMNS = 24;
const UNIT = 30;
const GAP = 8;
const MARGIN = 16;
const asked = new URLSearchParams(location.search);

function Dashboard({ dashboard, range, told }) {
  const column = (document.body.clientWidth - 2 * MARGIN + GAP) / COLUMNS;
  const end = Math.max(...dashboard.panels.map(({ gridPos: { y = 0, h } }) => y + h));
  return (
    <main style={{ margin: MARGIN }}>
      <h1>{dashboard.title}</h1>
      <div style={{ position: "relative", height: end * (UNIT + GAP) }}>
        {dashboard.panels.map((panel) => {
          const { x = 0, y = 0, w, h } = panel.gridPos;
          const [width, height] = [w * column - GAP, h * (UNIT + GAP) - GAP];
          const place = { position: "absolute", left: x * column, top: y * (UNIT + GAP), width, height };
          return (
            <div key={panel.id} style={place}>
              {panel.type === "row" ? (
                <h2>{panel.title}</h2>
              ) : (
                <Panel
                  prometheus={asked.get("prometheus")}
                  told={(what) => told(panel, what)}
                  {...{ panel, width, height, range }}
                />
              )}
            </div>
          );
        })}
      </div>
    </main>
  );
}

async function draw() {
  const dashboard = await (await fetch(asked.get("dashboard"))).json();
  const [from, to] = ["from", "to"].map((name) => dateTime(Number(asked.get(name))));
  const range = { from, to, raw: { from, to } };
  const theme = createTheme({ colors: { mode: "dark" } });
  const reported = [];
  const wanted = dashboard.panels.filter(({ type }) => type !== "row").length;
  const told = (panel, what) => {
    reported.push({ title: panel.title, type: panel.type, ...what });
    if (reported.length === wanted) {
      // Two frames later everything that was told has been painted.
      requestAnimationFrame(() => requestAnimationFrame(() => (window.reported = reported)));
    }
  };
  const context = { eventBus: new EventBusSrv(), eventsScope: "", sync: () => 0 };
  const root = createRoot(document.getElementById("place"));
  const show = (content) =>
    root.render(
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
        <PanelContextProvider value={context}>{content}</PanelContextProvider>
        <PortalContainer />
      </ThemeContext.Provider>,
    );
  // Axes are as wide as their labels, which are measured: the typeface comes first.
  flushSync(() => show(null));
  await Promise.all([400, 500].map((weight) => document.fonts.load(`${weight} 14px Inter`)));
  show(<Dashboard {...{ dashboard, range, told }} />);
}

draw();
