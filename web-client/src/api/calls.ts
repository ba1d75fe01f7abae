// Every request the pages make, one function each, checked against the server's own document.
import createClient from "openapi-fetch";
import { problemFrom } from "./problem";
import type { paths } from "./schema";
import type {
  Analysis,
  Browsers,
  CalibrationResult,
  CommentRequest,
  Comments,
  Comparison,
  ConsentText,
  Corrections,
  Grants,
  GuestCommentRequest,
  GuestView,
  Invitation,
  IssuedToken,
  LinkMade,
  LinkRequest,
  Links,
  Me,
  NewSession,
  OpenLink,
  PartUrls,
  Providers,
  PasskeyCeremony,
  Passkeys,
  Question,
  QuestionRequest,
  QuestionSet,
  QuestionSetLinkMade,
  QuestionSetLinks,
  QuestionSetRequest,
  Recording,
  Report,
  RetentionPreview,
  Review,
  SearchResults,
  Session,
  Sessions,
  SharedSessions,
  SharedSet,
  ShareRequest,
  SignedOut,
  TokenRequest,
  Tokens,
  Trends,
  Upload,
  UploadRequest,
  Ways,
} from "./types";

const client = createClient<paths>({
  baseUrl: window.location.origin,
  // Looked up at every call, so that a test or a page can put another one in its place.
  fetch: (request) => fetch(request),
});

interface Outcome {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** What came back, or the problem that the server told. */
async function said<T>(call: Promise<Outcome>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as T;
}

const at = (id: string) => ({ params: { path: { id } } });

export const ways = () => said<Ways>(client.GET("/api/sign-in"));
export const signIn = (name: string, password: string) =>
  said<PasskeyCeremony | undefined>(client.POST("/api/sign-in", { body: { name, password } }));
export const beginPasskeySignIn = () => said<PasskeyCeremony>(client.POST("/api/sign-in/passkey/begin"));
export const signInByPasskey = (ceremony: string, credential: Record<string, never>) =>
  said(client.POST("/api/sign-in/passkey", { body: { ceremony, credential } }));
export const passkeys = () => said<Passkeys>(client.GET("/api/passkeys"));
export const beginPasskey = () => said<PasskeyCeremony>(client.POST("/api/passkeys/begin"));
export const addPasskey = (body: { ceremony: string; name: string; credential: Record<string, never> }) =>
  said(client.POST("/api/passkeys", { body }));
export const removePasskey = (passkey: string) =>
  said(client.DELETE("/api/passkeys/{passkey}", { params: { path: { passkey } } }));
export const signOut = () => said<SignedOut>(client.POST("/api/sign-out"));
export const setPassword = (link: string, password: string) =>
  said(client.POST("/api/password", { body: { link, password } }));
export const forgotten = (name: string) => said(client.POST("/api/password/forgotten", { body: { name } }));
export const pairing = () => said<Invitation>(client.GET("/api/pairing"));
export const pair = (code: string) => said(client.POST("/api/pairing", { body: { code } }));
export const browsers = () => said<Browsers>(client.GET("/api/browsers"));
export const endBrowser = (browser: string) =>
  said(client.DELETE("/api/browsers/{browser}", { params: { path: { browser } } }));
export const tokens = () => said<Tokens>(client.GET("/api/tokens"));
export const issueToken = (body: TokenRequest) => said<IssuedToken>(client.POST("/api/tokens", { body }));
export const revokeToken = (token: string) =>
  said(client.DELETE("/api/tokens/{token}", { params: { path: { token } } }));

export const me = () => said<Me>(client.GET("/api/me"));
export const setRetention = (days: number | null) =>
  said<Me>(client.PUT("/api/me", { body: { retention_days: days } }));
export const retentionPreview = (days: number) =>
  said<RetentionPreview>(client.GET("/api/me/retention", { params: { query: { days } } }));
export const askErasure = () => said<{ at_us: number }>(client.POST("/api/me/erasure"));
export const takeErasureBack = () => said(client.DELETE("/api/me/erasure"));
export const everythingPath = "/api/me/export";
export const consentText = () => said<ConsentText>(client.GET("/api/consent"));
export const acceptConsent = (version: string) => said(client.POST("/api/consents", { body: { version } }));
export const withdrawConsent = () => said(client.DELETE("/api/consents"));
export const questions = () => said<{ questions: Question[] }>(client.GET("/api/questions")).then((x) => x.questions);
export const addQuestion = (body: QuestionRequest) => said<{ id: string }>(client.POST("/api/questions", { body }));
const ofQuestion = (question: string) => ({ params: { path: { question } } });
export const changeQuestion = (id: string, body: QuestionRequest) =>
  said(client.PUT("/api/questions/{question}", { ...ofQuestion(id), body }));
export const deleteQuestion = (id: string) => said(client.DELETE("/api/questions/{question}", ofQuestion(id)));
const ofSet = (set: string) => ({ params: { path: { set } } });
export const questionSets = () => said<{ sets: QuestionSet[] }>(client.GET("/api/question-sets")).then((x) => x.sets);
export const addSet = (body: QuestionSetRequest) => said<{ id: string }>(client.POST("/api/question-sets", { body }));
export const changeSet = (id: string, body: QuestionSetRequest) =>
  said(client.PUT("/api/question-sets/{set}", { ...ofSet(id), body }));
export const deleteSet = (id: string) => said(client.DELETE("/api/question-sets/{set}", ofSet(id)));
export const setLinks = (id: string) =>
  said<QuestionSetLinks>(client.GET("/api/question-sets/{set}/links", ofSet(id))).then((x) => x.links);
export const makeSetLink = (id: string, days: number) =>
  said<QuestionSetLinkMade>(client.POST("/api/question-sets/{set}/links", { ...ofSet(id), body: { days } }));
export const endSetLink = (set: string, set_link: string) =>
  said(client.DELETE("/api/question-sets/{set}/links/{set_link}", { params: { path: { set, set_link } } }));
export const openSharedSet = (link: string) => said<SharedSet>(client.POST("/api/shared-sets", { body: { link } }));
export const copySharedSet = (link: string) =>
  said<{ id: string }>(client.POST("/api/shared-sets/copy", { body: { link } }));

export const createSession = (body: NewSession) => said<Session>(client.POST("/api/sessions", { body }));
export const sessions = (before?: string | null) =>
  said<Sessions>(client.GET("/api/sessions", { params: { query: { limit: 50, ...(before ? { before } : {}) } } }));
export const session = (id: string) => said<Session>(client.GET("/api/sessions/{id}", at(id)));
export const deleteSession = (id: string) => said(client.DELETE("/api/sessions/{id}", at(id)));
export const setGold = (id: string, gold: boolean) =>
  said<Session>(client.PUT("/api/sessions/{id}/gold", { ...at(id), body: { gold } }));

export const grants = (id: string) => said<Grants>(client.GET("/api/sessions/{id}/grants", at(id)));
export const share = (id: string, body: ShareRequest) =>
  said(client.POST("/api/sessions/{id}/grants", { ...at(id), body }));
export const unshare = (id: string, grant: string) =>
  said(client.DELETE("/api/sessions/{id}/grants/{grant}", { params: { path: { id, grant } } }));
export const links = (id: string) => said<Links>(client.GET("/api/sessions/{id}/links", at(id)));
export const makeLink = (id: string, body: LinkRequest) =>
  said<LinkMade>(client.POST("/api/sessions/{id}/links", { ...at(id), body }));
export const endLink = (id: string, link: string) =>
  said(client.DELETE("/api/sessions/{id}/links/{link}", { params: { path: { id, link } } }));
const ofComment = (id: string, comment: string) => ({ params: { path: { id, comment } } });
export const comments = (id: string) => said<Comments>(client.GET("/api/sessions/{id}/comments", at(id)));
export const addComment = (id: string, body: CommentRequest) =>
  said(client.POST("/api/sessions/{id}/comments", { ...at(id), body }));
export const deleteComment = (id: string, comment: string) =>
  said(client.DELETE("/api/sessions/{id}/comments/{comment}", ofComment(id, comment)));
export const deleteComments = (id: string) => said(client.DELETE("/api/sessions/{id}/comments", at(id)));
export const resolveComment = (id: string, comment: string, resolved: boolean) =>
  said(client.PUT("/api/sessions/{id}/comments/{comment}/resolved", { ...ofComment(id, comment), body: { resolved } }));
export const shared = () => said<SharedSessions>(client.GET("/api/shared"));

export const calibrate = (id: string, clip: Blob) =>
  said<CalibrationResult>(
    client.POST("/api/sessions/{id}/calibration", {
      ...at(id),
      // The document knows a body of bytes only as numbers.
      body: clip as unknown as never,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { "content-type": clip.type || "video/webm" },
    }),
  );

export const openUpload = (id: string, body: UploadRequest) =>
  said<Upload>(client.POST("/api/sessions/{id}/upload", { ...at(id), body }));
export const uploadUrls = (id: string, parts: number[]) =>
  said<PartUrls>(client.POST("/api/sessions/{id}/upload/urls", { ...at(id), body: { parts } }));
export const completeUpload = (id: string, crc64: string | null) =>
  said(client.POST("/api/sessions/{id}/upload/complete", { ...at(id), body: { crc64 } }));
export const analysis = (id: string) => said<Analysis>(client.GET("/api/sessions/{id}/analyze", at(id)));
export const analyzeAgain = (id: string) => said(client.POST("/api/sessions/{id}/analyze", at(id)));

export const report = (id: string) => said<Report>(client.GET("/api/sessions/{id}/report", at(id)));
export const providers = () => said<Providers>(client.GET("/api/providers"));
const forPurpose = (purpose: Providers["providers"][number]["purpose"]) => ({ params: { path: { purpose } } });
export const acceptProvider = (purpose: Providers["providers"][number]["purpose"], provider: string) =>
  said<Providers>(client.PUT("/api/providers/{purpose}", { ...forPurpose(purpose), body: { provider } }));
export const withdrawProvider = (purpose: Providers["providers"][number]["purpose"]) =>
  said<Providers>(client.DELETE("/api/providers/{purpose}", forPurpose(purpose)));
export const review = (id: string) =>
  said<{ review: Review | null }>(client.GET("/api/sessions/{id}/review", at(id))).then((x) => x.review);
const ofPhrase = (id: string, start_ms: number) => ({ params: { path: { id, start_ms } } });
export const corrections = (id: string) => said<Corrections>(client.GET("/api/sessions/{id}/corrections", at(id)));
export const correct = (id: string, start_ms: number, text: string) =>
  said<Corrections>(
    client.PUT("/api/sessions/{id}/corrections/{start_ms}", { ...ofPhrase(id, start_ms), body: { text } }),
  );
export const takeBack = (id: string, start_ms: number) =>
  said<Corrections>(client.DELETE("/api/sessions/{id}/corrections/{start_ms}", ofPhrase(id, start_ms)));
export const recording = (id: string) => said<Recording>(client.GET("/api/sessions/{id}/recording", at(id)));
export const trends = () => said<Trends>(client.GET("/api/trends"));
export const search = (q: string) => said<SearchResults>(client.GET("/api/search", { params: { query: { q } } }));
export const compare = (a: string, answer_a: number, b: string, answer_b: number) =>
  said<Comparison>(client.GET("/api/compare", { params: { query: { a, answer_a, b, answer_b } } }));

const through = (link: string) => ({ params: { path: { link } } });
export const openLink = (body: OpenLink) => said<GuestView>(client.POST("/api/guest", { body }));
export const guestSession = (link: string) => said<GuestView>(client.GET("/api/guest/{link}", through(link)));
export const roomConsentText = () => said<ConsentText>(client.GET("/api/consent/room"));
export const agreeInRoom = (link: string, version: string, name: string | null) =>
  said(client.POST("/api/guest/{link}/consent", { ...through(link), body: { version, name } }));
export const guestRecording = (link: string) =>
  said<Recording>(client.GET("/api/guest/{link}/recording", through(link)));
export const guestReport = (link: string) => said<Report>(client.GET("/api/guest/{link}/report", through(link)));

export const guestComments = (link: string) => said<Comments>(client.GET("/api/guest/{link}/comments", through(link)));
export const addGuestComment = (link: string, body: GuestCommentRequest) =>
  said(client.POST("/api/guest/{link}/comments", { ...through(link), body }));
export const deleteGuestComment = (link: string, comment: string) =>
  said(client.DELETE("/api/guest/{link}/comments/{comment}", { params: { path: { link, comment } } }));

/** Where what is said of a session is: a session that one may see, or what a link shows. */
export const sessionPath = (id: string) => `/api/sessions/${encodeURIComponent(id)}`;
export const guestPath = (link: string) => `/api/guest/${encodeURIComponent(link)}`;

/** Where somebody who was invited publishes, watches and is told who is there. */
export const roomWhipPath = (link: string) => `${guestPath(link)}/whip`;
export const roomWhepPath = (link: string, of: Participant) => `${guestPath(link)}/whep/${of}`;
export const roomLivePath = (link: string) => `${guestPath(link)}/live`;

/** What was said, as plain text. */
export async function spoken(path: string): Promise<string> {
  const response = await fetch(`${path}/transcript?format=text`);
  const text = await response.text();
  if (!response.ok) throw problemFrom(response.status, text);
  return text;
}

/** The journal as it streams in. */
export async function journal(id: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(`/api/sessions/${encodeURIComponent(id)}/journal`, signal ? { signal } : {});
  if (!response.ok) throw problemFrom(response.status, await response.text().catch(() => null));
  return response;
}

export const whipPath = (id: string) => `/api/sessions/${encodeURIComponent(id)}/whip`;
export type Participant = "candidate" | "interviewer";
export const whepPath = (id: string, of: Participant = "candidate") =>
  `/api/sessions/${encodeURIComponent(id)}/whep/${of}`;
export const livePath = (id: string) => `/api/sessions/${encodeURIComponent(id)}/live`;
