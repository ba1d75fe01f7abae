// A believable session for the fake server: the same numbers every time, from a small generator of its own.

/** Mulberry32: enough for curves that look alive, the same on every machine. */
function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const TEXTS = {
  failure: [
    "Tell me about a time something you were responsible for went wrong.",
    "Describe a decision you would take differently today.",
    "When did you last miss a goal, and what did you do next?",
    "Tell me about feedback that was hard to hear.",
  ],
  conflict: [
    "Tell me about a disagreement with a colleague and how it ended.",
    "Describe a time you had to say no to somebody important.",
    "When did you change your mind in the middle of an argument?",
    "How did you handle a teammate who did not do their part?",
  ],
  leadership: [
    "Tell me about a time you led people without being their manager.",
    "Describe how you brought a doubtful group behind a plan.",
    "When did you hand over something you would rather have done yourself?",
  ],
  teamwork: [
    "Tell me about a team in which you did your best work.",
    "Describe a time you helped somebody else succeed.",
    "How do you work with people who think very differently from you?",
  ],
  pressure: [
    "Tell me about the tightest deadline you ever had to meet.",
    "Describe a day on which everything went wrong at once.",
    "When did you have to decide without knowing enough?",
  ],
  motivation: [
    "Why do you want to do this work, and why now?",
    "What are you proud of that nobody asked you to do?",
    "Where would you like to be surprised by yourself?",
  ],
};
const TIP = "Situation, task, action, result: most of the time belongs to what you did.";

export const QUESTIONS = Object.entries(TEXTS).flatMap(([family, texts]) =>
  texts.map((text, i) => ({
    id: `${family}-${i + 1}`,
    family,
    text,
    suggested_ms: [90_000, 120_000, 150_000][i % 3],
    tip: TIP,
    label: null,
    own: false,
    classic: i === 0 || family === "motivation",
  })),
);

export const OWN = [
  ["own-1", "Why would you leave a job that you like?", "motivation", "Lighthouse keeper"],
  ["own-2", "What would your last team say about you?", "teamwork", null],
].map(([id, text, family, label]) => ({
  id,
  text,
  family,
  suggested_ms: 90_000,
  tip: "",
  label,
  own: true,
  classic: false,
}));

export const SETS = [
  { id: "set-1", name: "First round", questions: ["own-1", "failure-1", "pressure-1", "own-2"], updated_us: 0 },
  {
    id: "set-2",
    name: "A long afternoon with the whole committee",
    questions: QUESTIONS.slice(0, 9).map(({ id }) => id),
    updated_us: 0,
  },
];

const ASKED = [QUESTIONS[0], QUESTIONS[4], QUESTIONS[14]].map(({ id, text, family, suggested_ms }) => ({
  id,
  text,
  family,
  suggested_ms,
}));

/** Values in words, as a report has them. */
const TEXTS_OF = {
  volume_consistency: "16 % louder or quieter from phrase to phrase",
  phrase_end_level: "the last words died away in 5 of 14 phrases",
  volume_level: "as loud as in the device check",
  eye_contact: "71 %",
  head_movement: "calm",
  brow_tension: "at rest",
  pace: "172 words a minute, counted in the words",
  answer_length: "110 % of the suggested time",
  long_pauses: "twice over a second, the longest 2.2 s",
  pause_share: "19 %",
  articulation_rate: "4.3 syllables a second",
  hesitations: "about 3",
  stress_spikes: "once",
  stress_recovery: "3.8 s",
  pitch_variation: "rose and fell three quarters as far as a lively voice",
  expressiveness: "a quiet face",
  smile: "twice",
  presence: "99 %",
  nods: "none",
};

const part = (metric, name, value, unit, target, weight, share, moments = [], reason = null) => ({
  metric,
  name,
  value,
  text: value === null ? null : TEXTS_OF[metric],
  usual: null,
  reason,
  unit,
  target,
  baseline: null,
  weight,
  points: value === null ? 0 : weight * 100 * Math.min(1, Math.max(0, share)),
  moments,
});
const moment = (start, length, why, good) => ({ start, end: start + length, why, good });

function scores(r, at, length, poor = false) {
  const t = (share) => Math.round(at + share * length);
  const wiggle = () => (r() - 0.5) * 0.2;
  const confidence = [
    part(
      "volume_consistency",
      "Evenness of volume",
      2.1,
      "dB",
      "as loud in one phrase as in the next",
      0.3,
      0.78 + wiggle(),
      [moment(t(0.3), 2600, "about half as loud as the other phrases", false)],
    ),
    part(
      "phrase_end_level",
      "Level at phrase ends",
      -22.4,
      "dB",
      "the last word of a phrase can be heard as well as the first",
      0.15,
      0.55 + wiggle(),
      [
        moment(t(0.55), 1000, "the last words died away", false),
        moment(t(0.72), 1000, "the last words died away", false),
      ],
    ),
    part("volume_level", "Volume", -0.4, "dB", "at least 80 % as loud as usual", 0.1, 1),
    part("eye_contact", "Eye contact", 0.71, "share", "70 % or more", 0.3, 0.86 + wiggle(), [
      moment(t(0.62), 5200, "eyes off the camera for 5.2 s", false),
    ]),
    part("head_movement", "Head movement", 7.2, "deg/s", "no more than speaking moves it", 0.1, 1),
    part("brow_tension", "Brows drawn together", poor ? null : 0.01, "", "at rest", 0.05, 0.95),
  ];
  const clarity = [
    part("pace", "Pace", 172, "wpm", "120 to 160 words a minute", 0.55, 0.52 + wiggle(), [
      moment(t(0.35), 15_000, "184 words a minute", false),
      moment(t(0.8), 15_000, "138 words a minute", true),
    ]),
    part("long_pauses", "Long pauses", 0.8, "s/min", "at most 1 s a minute beyond the first second of each", 0.1, 1, [
      moment(t(0.5), 2200, "2.2 s pause", false),
    ]),
    part("pause_share", "Share of pauses", 0.19, "share", "10 to 30 %", 0.1, 1),
    part("articulation_rate", "Articulation rate", 4.3, "syl/s", "2.6 to 4.7 syllables a second", 0.1, 1),
    part("hesitations", "Possible hesitations", 2.2, "/min", "1.0 a minute or less", 0.15, 0.6 + wiggle(), [
      moment(t(0.2), 600, "possible hesitation, 0.6 s", false),
      moment(t(0.58), 700, "possible hesitation, 0.7 s", false),
    ]),
  ];
  const resilience = [
    part("stress_spikes", "Stress moments", 2.4, "/10 min", "none", 0.3, 0.7 + wiggle(), [
      moment(t(0.6), 5000, "at the same time: a higher voice, brows drawn together, a change of pace", false),
    ]),
    part("stress_recovery", "Time to calm down", 3.8, "s", "4.0 s or less", 0.7, 0.95, [
      moment(t(0.66), 3800, "calm again after 3.8 s", true),
    ]),
  ];
  const engagement = [
    part("pitch_variation", "Pitch variation", 2.3, "st", "a lively voice", 0.6, 0.7 + wiggle(), [
      moment(t(0.15), 9000, "the voice was lively", true),
    ]),
    part("expressiveness", "Facial expression", 0.31, "", "a lively face", 0.2, 0.5 + wiggle()),
    part("smile", "Smiles", 2, "smiles", "2 or more", 0.2, 1, [moment(t(0.05), 1800, "a smile", true)]),
  ];
  const of = (contributions, coverage = 1, reason = null) => {
    const value = Math.min(
      97,
      contributions.reduce((sum, x) => sum + x.points, 0),
    );
    return { value, coverage, reason, range: [value - 6, Math.min(100, value + 6)], unknown: 0, contributions };
  };
  return {
    confidence: of(confidence, poor ? 0.7 : 1, poor ? "the face was in the dark for a while" : null),
    clarity: of(clarity),
    resilience: poor
      ? {
          value: null,
          coverage: 0.2,
          reason: "Too little could be compared with your usual voice and face.",
          range: null,
          unknown: 0,
          contributions: [],
        }
      : of(resilience),
    engagement: of(engagement),
  };
}

const SAID = [
  "Two years ago I was responsible for moving our customer data to a new system.",
  "I, um, I had tested it with last month's copy, and everything looked right.",
  "So on the Friday evening I pressed the button, and on Monday morning about three hundred customers had somebody else's invoice.",
  "I told my manager before nine.",
  "I said what had happened, what we knew, and, uh, what I did not know yet.",
];

/** What was said, over and over, a phrase every few seconds. */
function transcript(duration) {
  const phrases = [];
  let t = 1400;
  for (let i = 0; t < duration - 9000; i++) {
    const words = SAID[i % SAID.length].split(" ").map((w, k) => ({
      w,
      start: t + k * 330,
      end: t + k * 330 + 300,
      filler: /^(um|uh)/.test(w),
      logp: -0.05,
    }));
    const end = words.at(-1).end;
    phrases.push({
      t: end + 400,
      start: t,
      end,
      text: SAID[i % SAID.length],
      logp: i % 7 === 4 ? -0.6 : -0.08,
      complete: true,
      source: "moonshine-tiny-en",
      words,
    });
    t = end + (i % 3 === 2 ? 1400 : 500);
  }
  return phrases;
}

/** Some of what is seen and heard. */
function metrics(r) {
  const of = (id, name, value, unit, more = {}) => ({
    name,
    text: value === null ? null : TEXTS_OF[id],
    usual: null,
    value: value === null ? null : value * (0.95 + r() * 0.1),
    unit,
    reason: null,
    coverage: 1,
    baseline: null,
    ...more,
  });
  const all = [
    ["pace", "Pace", 172, "wpm", { baseline: 158, usual: "158 words a minute" }],
    ["answer_length", "Answer length", 1.1, "x"],
    ["eye_contact", "Eye contact", 0.8, "share"],
    ["pitch_variation", "Pitch variation", 2.3, "st"],
    ["presence", "Time in the frame", 0.99, "share"],
    ["nods", "Nods", 0, "/min"],
    ["volume_level", "Volume", null, "dB", { reason: "too noisy to judge" }],
  ];
  return Object.fromEntries(all.map(([id, ...rest]) => [id, of(id, ...rest)]));
}

/** A report of three answers over `duration` ms. */
export function report(duration = 252_000, seed = 7) {
  const r = random(seed);
  const n = Math.floor(duration / 500) + 1;
  const pauses = [];
  for (let t = 1800; t < duration - 6000;) {
    const length = r() < 0.12 ? 1100 + r() * 3200 : r() < 0.5 ? 300 + r() * 600 : 120 + r() * 120;
    pauses.push({
      start: Math.round(t),
      end: Math.round(t + length),
      class: length > 1000 ? "long" : length >= 250 ? "medium" : "brief",
    });
    t += length + 1500 + r() * 5200;
  }
  const silent = (t) => pauses.some((p) => p.class !== "brief" && p.start <= t && t < p.end);
  const curve = (base, swing, noise, hold = () => false) => {
    let drift = 0;
    return Array.from({ length: n }, (_, i) => {
      drift = drift * 0.94 + (r() - 0.5) * noise;
      return hold(i * 500) ? null : Math.fround(base + Math.sin(i / 23) * swing + drift);
    });
  };
  const spikeAt = Math.round(duration * 0.6);
  const spike = (i) => Math.exp(-(((i * 500 - spikeAt - 2600) / 2400) ** 2));
  const series = {
    step_ms: 500,
    valence: curve(0.12, 0.16, 0.1).map((x, i) => x - 0.4 * spike(i)),
    arousal: curve(0.42, 0.1, 0.08).map((x, i) => Math.min(1, Math.max(0, x + 0.35 * spike(i)))),
    stress: curve(0.4, 0.5, 0.35).map((x, i) => x + 2.6 * spike(i)),
    pace_wpm: curve(154, 22, 14).map((x, i) => (i < 20 ? null : x)),
    pitch_st: curve(0, 0.8, 2.6, silent),
    level_db: curve(61, 2.5, 4, silent),
    eye_contact: curve(0.75, 0.2, 0.3).map((x) => Math.min(1, Math.max(0, x))),
    expressiveness: curve(0.3, 0.1, 0.1),
  };
  const third = Math.round(duration / 3);
  const answer = (i) => {
    const start = i * third + (i === 0 ? 0 : 900);
    const end = (i + 1) * third;
    return {
      question: ASKED[i].text,
      question_id: ASKED[i].id,
      suggested_ms: ASKED[i].suggested_ms,
      start,
      end,
      scores: scores(r, start, end - start, i === 2),
      metrics: metrics(r),
      praise: [
        {
          text: "You looked into the camera for most of what you said.",
          answers: [i],
          worst: { start: start + 9000, end: start + 21_000 },
        },
        {
          text: "You left two seconds of quiet before your last sentence. It gave the sentence room.",
          answers: [i],
          worst: { start: end - 14_000, end: end - 12_000 },
        },
      ],
      advice: [
        {
          text: "Slow down where you explain what happened: about 185 words a minute there, 120 to 160 is easy to follow.",
          answers: [i],
          worst: { start: start + 30_000, end: start + 38_000 },
        },
      ],
      words: [
        "You looked into the camera for most of the answer, and your voice kept its strength from phrase to phrase.",
        "The middle ran at 184 words a minute; the ending, at 138, was easier to follow. Try the ending's pace from the start.",
      ],
    };
  };
  const answers = [0, 1, 2].map(answer);
  return {
    version: 1,
    formulas: { confidence: 1, clarity: 1, resilience: 1, engagement: 1 },
    duration_ms: duration,
    coverage: { face: 0.93, voice: 0.998, speech_s: 198.4, face_s: 231.2 },
    answers,
    overall: {
      question: null,
      question_id: null,
      suggested_ms: null,
      start: 0,
      end: duration,
      scores: scores(r, 0, duration),
      metrics: metrics(r),
      praise: [
        {
          text: "In answer 1 you looked into the camera for most of what you said, about 84 % of the time.",
          answers: [0],
          worst: { start: 12_000, end: 24_000 },
        },
        {
          text: "You left nearly two seconds of quiet before the end of answer 2. It gave the sentence room.",
          answers: [1],
          worst: { start: 150_000, end: 152_000 },
        },
      ],
      advice: [
        {
          text: "Slow down where you explain what happened. In answer 2 you spoke about 190 words a minute for a while; 120 to 160 is easy to follow.",
          answers: [1],
          worst: { start: 98_000, end: 106_000 },
        },
      ],
      words: [
        "Your voice stayed even, and you came back quickly from the one hard moment in the second answer.",
        "Pace is where most points are: three stretches ran over 170 words a minute.",
        "Phrases tend to fade at their ends. Let the last word land before you breathe.",
      ],
    },
    metrics: {},
    recognizer: "moonshine-tiny-en",
    transcript: transcript(duration),
    series,
    pauses,
    stress: [
      {
        start: spikeAt,
        peak: spikeAt + 2600,
        height: 3.1,
        signals: ["pitch", "brow", "pace"],
        recovered: spikeAt + 6400,
      },
    ],
    hints: [
      {
        t: Math.round(duration * 0.2),
        id: "slow_down",
        text: "Slow down a little",
        evidence: "181 words a minute over the last 20 s",
        positive: false,
      },
      {
        t: Math.round(duration * 0.5),
        id: "look_at_camera",
        text: "Look at the camera",
        evidence: "eyes off the camera for 5.2 s",
        positive: false,
      },
      {
        t: Math.round(duration * 0.62),
        id: "take_a_breath",
        text: "Take a breath",
        evidence: "at the same time: a higher voice, brows drawn together",
        positive: false,
      },
      {
        t: Math.round(duration * 0.84),
        id: "speak_up",
        text: "Speak up",
        evidence: "about half as loud as in the device check",
        positive: false,
      },
    ],
    voice: { f0_mean: 118.2, jitter_local: 0.0091, shimmer_local: 0.061, hnr_cc_mean: 17.9 },
  };
}

/** The journal's lines that the replay reads: a face outline 15 times a second, voice ten times. */
export function* journal(duration, box = { x: 0.36, y: 0.18, w: 0.28, h: 0.52 }) {
  const r = random(11);
  yield JSON.stringify({ kind: "header", version: 1, source: "live" });
  for (let t = 0; t < duration; t += 100) {
    for (let k = 0; k < 3; k++) {
      if (k === 2 && (t / 100) % 2) continue;
      const at = t + k * 33;
      const sway = Math.sin(at / 1700) * 0.01;
      const outline = [];
      const put = (x, y) =>
        outline.push(Math.round((box.x + box.w * x + sway) * 65535), Math.round((box.y + box.h * y) * 65535));
      for (let i = 0; i < 16; i++)
        put(0.5 + 0.5 * Math.sin((i / 16) * 2 * Math.PI), 0.5 - 0.5 * Math.cos((i / 16) * 2 * Math.PI));
      for (const side of [0.3, 0.7])
        for (let i = 0; i < 4; i++)
          put(side + 0.09 * Math.cos((i * Math.PI) / 2), 0.4 + 0.03 * Math.sin((i * Math.PI) / 2));
      for (const side of [0.3, 0.7])
        for (let i = 0; i < 4; i++) put(side - 0.1 + 0.066 * i, 0.31 - (i % 3 === 0 ? 0 : 0.02));
      for (let i = 0; i < 8; i++)
        put(0.5 + 0.16 * Math.cos((i * Math.PI) / 4), 0.74 + 0.05 * Math.sin((i * Math.PI) / 4));
      yield JSON.stringify({ kind: "face", t: at, present: true, score: 0.98, faces: 1, outline });
    }
    const on = Math.sin(t / 2900) > -0.7 && r() > 0.03;
    const f0 = on ? 116 * 2 ** ((Math.sin(t / 700) * 2 + Math.sin(t / 2300) * 2 + (r() - 0.5)) / 12) : null;
    yield JSON.stringify({
      kind: "voice",
      t,
      hop: 10,
      f0: Array(10).fill(f0),
      strength: Array(10).fill(0.8),
      intensity: Array(10).fill(on ? 62 : 31),
      speech: Array(10).fill(on ? 0.97 : 0.03),
      snr_db: 24,
    });
  }
}

const four = (a, b, c, d) => ({ confidence: a, clarity: b, resilience: c, engagement: d });

export function sessions() {
  const day = 86_400e6;
  const now = Date.now() * 1000;
  const make = (i, state, scores, questions, extra = {}) => ({
    id: `0193a000-0000-7000-8000-00000000000${i}`,
    state,
    source: "live",
    created_us: now - i * 1.7 * day,
    started_us: now - i * 1.7 * day,
    duration_ms: 252_000 - i * 17_000,
    questions,
    scores,
    answers: questions.map((q, n) => ({
      n,
      question_id: q.id,
      start_ms: n * 80_000,
      end_ms: (n + 1) * 80_000,
      scores,
    })),
    gold: false,
    failure: null,
    calibrated: true,
    ...extra,
  });
  return [
    make(1, "ready", four(74.2, 66.9, 79, 71.3), ASKED, { gold: true }),
    make(2, "ready", four(69, 58.2, null, 64), [ASKED[0]]),
    make(3, "failed", null, [ASKED[1]], {
      failure: "The recording holds no sound: check that the microphone was not muted.",
    }),
    make(4, "ready", four(63.4, 61, 55.1, 58), [ASKED[2]]),
    make(5, "ready", four(58, 49, 61, 52), [ASKED[0]]),
    make(6, "ready", four(55.5, 52.3, 47, 49), ASKED.slice(0, 2)),
  ];
}

function trend(id, name, direction, per_session) {
  const steady = direction === "steady";
  const words = steady
    ? `${name} is steady over 5 sessions.`
    : `${name} went up by ${(per_session * 4).toFixed(0)} over 5 sessions, the way you want it.`;
  return {
    id,
    name,
    unit: "",
    direction,
    better: steady ? null : true,
    per_session,
    sessions: 5,
    range: [50, 72],
    words,
  };
}

export function trends(list) {
  const points = list
    .filter((s) => s.scores)
    .map((s) => ({ session_id: s.id, at_us: s.created_us, scores: s.scores, metrics: {} }));
  return {
    points,
    trends: [
      trend("confidence", "Confidence", "up", 4),
      trend("clarity", "Clarity", "up", 3.6),
      trend("resilience", "Resilience", "steady", 0),
      trend("engagement", "Engagement", "up", 4.4),
    ],
  };
}

export const CONSENT = {
  version: "2026-11-1",
  title: "Before the camera opens",
  sections: [
    {
      title: "What is recorded",
      text: "Your camera and microphone while you practise, and three to eight seconds of the device check.",
    },
    {
      title: "What is computed",
      text: "From the voice: pace, pauses, pitch, volume, steadiness. From the face: where you look, how the head moves, movements of brows and mouth, and estimates made from them. From both: four practice scores. It does not recognise who you are.",
    },
    { title: "Where it stays", text: "On the computer that runs this coach. Nothing is sent anywhere else." },
    { title: "How long", text: "Until you delete it." },
    {
      title: "How to delete it",
      text: "Delete, beside each session, removes the recording, the measurements and the report for good.",
    },
    {
      title: "What it is not",
      text: "The scores are for practice. They are no judgement of a person and must not be used to choose between people.",
    },
  ],
};

export const HINTS = [
  { id: "slow_down", text: "Slow down a little", description: "When your pace is clearly over 160 words a minute." },
  { id: "speak_up", text: "Speak up", description: "When your voice is quieter than in the device check." },
  { id: "look_at_camera", text: "Look at the camera", description: "When your eyes have been elsewhere for a while." },
];

const gap = (id, name, unit, a, b, noticeable, phases = []) => ({
  id,
  name,
  unit,
  a,
  b,
  noticeable,
  phases,
  moments_a: [],
  moments_b: [],
});

/** How two answers differ. */
export const GAPS = [
  gap("pace", "Pace", "wpm", 172, 148, 1.6, [
    [166, 150],
    [186, 146],
    [164, 148],
  ]),
  gap("eye_contact", "Eye contact", "share", 0.62, 0.84, -2.2),
  gap("long_pauses", "Long pauses", "s/min", 9.5, 2.1, 3.7),
];
