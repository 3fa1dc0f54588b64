// Whether Loki's editor in Grafana, by its own grammar, would accept a query.
import { parser } from "@grafana/lezer-logql";

export function checked(query) {
  const wrong = [];
  parser.parse(query).iterate({
    enter: ({ type, from }) => {
      if (type.isError) {
        wrong.push(from);
      }
    },
  });
  if (wrong.length > 0) {
    throw new Error(`no LogQL, at character ${wrong[0] + 1}: ${query}`);
  }
}
