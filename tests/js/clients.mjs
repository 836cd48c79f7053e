// Clients of the bayon that the environment names (AWS_ENDPOINT_URL and so on, as `bayon env` prints it), and its clock.

export const NOW = new Date("2026-03-02T10:00:00Z");
export const SPAN = { StartTime: new Date("2026-03-02T09:00:00Z"), EndTime: new Date("2026-03-02T11:00:00Z") };
const url = process.env.AWS_ENDPOINT_URL;

/** bayon is empty and its clock stands at NOW. */
export async function fresh() {
  await post("/_bayon/reset", {});
  await post("/_bayon/clock", { freeze: NOW.toISOString() });
}

export async function post(path, body) {
  const answer = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
}

/** The requests that the client sends from now on, as they leave it. */
export function watched(client) {
  const sent = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      sent.push(args.request);
      return next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "watched", override: true },
  );
  return sent;
}
