// What the server says, by name. The one place that the pages take server types from.
import type { components } from "./schema";

type Schemas = components["schemas"];

/** The server always writes every field; its document calls those that may be `null` optional. */
type Present<T> = T extends object ? { [K in keyof T]-?: Present<Exclude<T[K], undefined>> } : T;
type Said<Name extends keyof Schemas> = Present<Schemas[Name]>;

export type Me = Said<"Me">;
export type RetentionPreview = Said<"RetentionPreview">;
export type Passkeys = Said<"PasskeyList">;
export type PasskeyCeremony = { ceremony: string; options: { publicKey: unknown } };
export type Ways = Said<"Ways">;
export type Invitation = Said<"Invitation">;
export type SignedOut = Said<"SignedOut">;
export type Browsers = Said<"Browsers">;
export type Tokens = Said<"Tokens">;
export type TokenScope = Schemas["Scope"];
export type TokenRequest = Schemas["TokenRequest"];
export type IssuedToken = Said<"Issued">;
export type Grants = Said<"Grants">;
export type ShareRequest = Schemas["Share"];
export type Links = Said<"Links">;
export type Link = Said<"Link">;
export type LinkRequest = Schemas["LinkRequest"];
export type LinkMade = Said<"LinkMade">;
export type RoomRole = Exclude<Schemas["GrantRole"], "coach">;
export type OpenLink = Schemas["OpenLink"];
export type Comments = Said<"Comments">;
export type Comment = Said<"Comment">;
export type CommentRequest = Schemas["CommentRequest"];
export type GuestCommentRequest = Schemas["GuestCommentRequest"];
export type GuestView = Said<"GuestView">;
export type SharedSessions = Said<"SharedSessions">;
export type HintKind = Said<"HintChoice">;
export type ConsentText = Said<"Text">;
export type Question = Said<"Question">;
export type QuestionRequest = Schemas["QuestionRequest"];
export type QuestionSet = Said<"QuestionSet">;
export type QuestionSetRequest = Schemas["QuestionSetRequest"];
export type QuestionSetLinks = Said<"QuestionSetLinks">;
export type QuestionSetLinkMade = Said<"QuestionSetLinkMade">;
export type SharedSet = Said<"SharedSet">;
export type Family = Schemas["Family"];
export type AskedQuestion = Said<"AskedQuestion">;
export type Session = Said<"Session">;
export type SessionState = Schemas["SessionState"];
export type Sessions = Said<"Sessions">;
export type SearchResults = Said<"SearchResults">;
export type FourScores = Said<"ScoreValues">;
export type ScoreName = keyof FourScores;
export type CalibrationResult = Said<"CalibrationOutcome">;
export type Capture = Said<"Capture">;
export type NewSession = Schemas["CreateSession"];

export type Upload = Said<"Upload">;
export type UploadRequest = Schemas["UploadRequest"];
export type PartUrls = Said<"PartUrls">;
export type Analysis = Said<"Analysis">;

export type Corrections = Said<"Corrections">;
export type Providers = Said<"Providers">;
export type Review = NonNullable<Said<"Reviewed">["review"]>;
export type Report = Said<"Report">;
export type ReportAnswer = Said<"Answer">;
export type Scores = Said<"Scores">;
export type Score = Said<"Score">;
export type Contribution = Said<"Contribution">;
export type Moment = Said<"Moment">;
export type Recording = Said<"Recording">;
export type Trends = Said<"Trends">;
export type Comparison = Said<"Comparison">;
