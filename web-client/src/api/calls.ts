// Every request the pages make, one function each.
import { problemFrom } from "./problem";
import type {
  CalibrationResult,
  Capture,
  ConsentText,
  Me,
  Question,
  Recording,
  Report,
  Session,
  Trends,
} from "./types";

async function send(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init);
  if (!response.ok) throw problemFrom(response.status, await response.text().catch(() => null));
  return response;
}

async function get<T>(path: string): Promise<T> {
  return (await (await send(path, { headers: { accept: "application/json" } })).json()) as T;
}

const json = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const at = (id: string) => `/api/sessions/${encodeURIComponent(id)}`;

export const me = () => get<Me>("/api/me");
export const consentText = () => get<ConsentText>("/api/consent");
export const acceptConsent = (version: string) => send("/api/consents", json("POST", { version }));
export const questions = () => get<{ questions: Question[] }>("/api/questions").then((x) => x.questions);

export interface NewSession {
  questions: string[];
  hints?: { enabled: string[]; budget_ms: number };
  capture?: Capture;
}
export const createSession = async (body: NewSession) =>
  (await (await send("/api/sessions", json("POST", body))).json()) as Session;

export const sessions = (before?: string | null) =>
  get<{ sessions: Session[]; next: string | null }>(
    `/api/sessions?limit=50${before ? `&before=${encodeURIComponent(before)}` : ""}`,
  );
export const session = (id: string) => get<Session>(at(id));
export const deleteSession = (id: string) => send(at(id), { method: "DELETE" });
export const report = (id: string) => get<Report>(`${at(id)}/report`);
export const recording = (id: string) => get<Recording>(`${at(id)}/recording`);
export const journal = (id: string, signal?: AbortSignal) => send(`${at(id)}/journal`, signal ? { signal } : {});
export const trends = () => get<Trends>("/api/trends");
export const setGold = (id: string, gold: boolean) => send(`${at(id)}/gold`, json("PUT", { gold }));

export const calibrate = async (id: string, clip: Blob) =>
  (await (
    await send(`${at(id)}/calibration`, { method: "POST", headers: { "content-type": "video/webm" }, body: clip })
  ).json()) as CalibrationResult;

export const whipPath = (id: string) => `${at(id)}/whip`;
export const livePath = (id: string) => `${at(id)}/live`;
