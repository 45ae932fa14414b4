import {
  ActionBuilder,
  ActionType,
  ActionVariableBuilder,
  FetchOptionsBuilder,
  HttpRequestMethod,
  type Action,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** What a button does. */
export interface Deed {
  readonly title: string;
  /** What the dialog asks before anything is sent. */
  readonly confirmation: string;
  /** Below `/api/v1`, each part that comes from a row with `:percentencode`. */
  readonly path: string;
  /** Parameters beside the time range; an empty one counts as absent. */
  readonly query?: Readonly<Record<string, string>>;
  readonly color: keyof typeof COLORS;
  /** Whether the dialog asks for a reason (Grafana 12.1 and later). */
  readonly asksReason?: boolean;
}

/** Dark enough for white text. */
const COLORS = { green: '#37872D', red: '#C4162A', blue: '#1F60C4', orange: '#B25A00' };

/** Makes a button that calls Firebreak's API under Grafana's own origin, as the person who is logged in there. */
export function action({ title, confirmation, path, query = {}, color, asksReason = false }: Deed): Action {
  const reason: string[][] = asksReason ? [['reason', '$reason']] : [];
  const builder = new ActionBuilder()
    .type(ActionType.Fetch)
    .title(title)
    .confirmation(confirmation)
    .oneClick(false)
    .fetch(
      new FetchOptionsBuilder()
        .method(HttpRequestMethod.POST)
        .url(`/firebreak/api/v1${path}`)
        .queryParams([...Object.entries(query), ...reason])
        .headers([['Content-Type', 'application/json']])
        .body('{}'),
    )
    .style({ backgroundColor: COLORS[color] });
  return (asksReason ? builder.variables([new ActionVariableBuilder().key('reason').name('Reason')]) : builder).build();
}

/** The parameters that hand over the panel's time range. */
export const TIME_RANGE = { from: '${__from}', to: '${__to}' };
