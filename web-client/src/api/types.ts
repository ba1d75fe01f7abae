// What the server says, by name. The one place that the pages take server types from.

export type SessionState =
  | "created"
  | "live"
  | "grace"
  | "finalising"
  | "scoring"
  | "ready"
  | "interrupted"
  | "failed"
  | "deleted";

export type Family = "failure" | "conflict" | "leadership" | "teamwork" | "pressure" | "motivation";

export interface Question {
  id: string;
  family: Family;
  text: string;
  suggested_ms: number;
  tip: string;
}

export interface AskedQuestion {
  id: string;
  text: string;
  family: Family;
  suggested_ms: number;
}

export interface FourScores {
  confidence: number | null;
  clarity: number | null;
  resilience: number | null;
  engagement: number | null;
}

export type ScoreName = keyof FourScores;

export interface SessionAnswer {
  n: number;
  question_id: string | null;
  start_ms: number;
  end_ms: number;
  scores: FourScores | null;
}

export interface Session {
  id: string;
  state: SessionState;
  source: "live" | "upload";
  created_us: number;
  started_us: number | null;
  duration_ms: number | null;
  questions: AskedQuestion[];
  scores: FourScores | null;
  answers: SessionAnswer[];
  gold: boolean;
  failure: string | null;
  calibrated: boolean;
}

export interface HintKind {
  id: string;
  text: string;
  description: string;
}

export interface Me {
  user_id: string;
  mode: string;
  consent: { version: string; accepted_us: number } | null;
  consent_version: string;
  affect: boolean;
  models: { face: "full" | "lite" | "none"; voice_activity: "silero" | "energy" };
  hints: HintKind[];
}

export interface ConsentText {
  version: string;
  title: string;
  sections: { title: string; text: string }[];
}

export interface Capture {
  width: number;
  height: number;
  agc: boolean;
  noise_suppression: boolean;
}

export interface Advice {
  reason: "dark" | "bright" | "small" | "turned" | "cut" | "no_face" | "quiet" | "loud_noise";
  text: string;
}

export interface CalibrationResult {
  calibration: unknown;
  advice: Advice[];
  ok: boolean;
}

export interface Moment {
  start: number;
  end: number;
  why: string;
  good: boolean;
}

export interface Contribution {
  metric: string;
  value: number | null;
  unit: string;
  target: string;
  baseline: number | null;
  weight: number;
  points: number;
  moments: Moment[];
}

export interface Score {
  value: number | null;
  coverage: number;
  reason: string | null;
  contributions: Contribution[];
}

export type Scores = Record<ScoreName, Score>;

export interface MetricValue {
  value: number | null;
  unit: string;
  coverage: number;
  baseline: number | null;
}

export interface ReportAnswer {
  question: string | null;
  question_id: string | null;
  suggested_ms: number | null;
  start: number;
  end: number;
  scores: Scores;
  metrics: Record<string, MetricValue>;
  words: string[];
}

export interface Series {
  step_ms: number;
  valence: (number | null)[];
  arousal: (number | null)[];
  stress: (number | null)[];
  pace_wpm: (number | null)[];
  pitch_st: (number | null)[];
  level_db: (number | null)[];
  eye_contact: (number | null)[];
  expressiveness: (number | null)[];
}

export interface Pause {
  start: number;
  end: number;
  class: "brief" | "medium" | "long";
}

export interface StressSpike {
  start: number;
  peak: number;
  height: number;
  signals: string[];
  recovered: number | null;
}

export interface ReportHint {
  t: number;
  id: string;
  text: string;
  evidence: string;
  positive: boolean;
}

export interface Report {
  version: number;
  formulas: Record<string, number>;
  duration_ms: number;
  coverage: { face: number; voice: number; speech_s: number; face_s: number };
  answers: ReportAnswer[];
  overall: ReportAnswer;
  metrics: Record<string, MetricValue>;
  series: Series;
  pauses: Pause[];
  stress: StressSpike[];
  hints: ReportHint[];
  voice: Record<string, number | null>;
}

export interface Recording {
  url: string;
  poster_url: string | null;
  bytes: number;
  duration_ms: number;
  content_type: string;
  expires_us: number;
}

export interface TrendPoint {
  session_id: string;
  at_us: number;
  scores: FourScores;
  metrics: Record<string, number | null>;
}

export interface Trends {
  points: TrendPoint[];
  trends: { id: string; direction: "up" | "down" | "steady" | null; words: string }[];
}
