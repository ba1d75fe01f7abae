//! A stretch of a session as the metrics see it: spans, events, and sums over the cells.

use crate::baseline::Baseline;
use crate::evidence::{
    LEAST_SNR_DB, LEAST_SPEECH_S, LEAST_VOICED_SHARE, SEVERAL_SHARE, STILL_DEG_PER_S, STILL_LIDS, STILL_MS, STILL_SHARE,
};
use crate::stats::ratio;
use crate::timeline::{CELL_MS, Cell, Phrase, Timeline};
use coach_core::report::Pause;
use coach_core::{MediaTime, Span};

pub const WINDOW_MS: i64 = 15_000;

/// Sums over cells. Times in seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    pub span_s: f64,
    /// Time with audio, and time with analyzed frames.
    pub heard_s: f64,
    pub analyzed_s: f64,
    /// From the first to the last speech of each span, less what was lost in between.
    pub talk_s: f64,
    pub speech_s: f64,
    pub voiced_s: f64,
    pub nuclei: u32,
    /// Words of certain phrases, fillers left out, and seconds of speech that such phrases cover.
    pub words: u32,
    pub written_s: f64,
    /// This speaker's words per syllable nucleus, as far as the phrases up to now teach it.
    pub words_per_nucleus: f32,
    pub pitch_sum: f64,
    pub pitch_sq: f64,
    pub level_sum: f64,
    pub present_s: f64,
    pub good_s: f64,
    pub dark_s: f64,
    pub cut_s: f64,
    pub gaze_s: f64,
    pub contact_s: f64,
    /// Of [`Totals::gaze_s`], without a face.
    pub gone_s: f64,
    /// More than one face was in the frame.
    pub several_s: f64,
    /// The eyes were shut or looked down for longer than a blink takes.
    pub shut_s: f64,
    pub eye_s: f64,
    pub eye: f64,
    pub eye_sq: f64,
    pub speed_s: f64,
    pub speed: f64,
    pub units_s: f64,
    pub brow: f64,
    pub lip: f64,
    pub smile: f64,
    pub expressive_s: f64,
    pub expressive: f64,
    pub affect_s: f64,
    pub valence: f64,
    pub arousal: f64,
    pub alert: f64,
    pub snr_sum: f64,
    pub snr_cells: u32,
    /// Time in which stress could be judged.
    pub stress_s: f64,
}

impl Totals {
    pub fn over(timeline: &Timeline, spans: &[Span]) -> Totals {
        let mut t = Totals { words_per_nucleus: timeline.words_per_nucleus.factor(), ..Totals::default() };
        for &span in spans {
            t.add_span(timeline, span);
        }
        t
    }

    fn add_span(&mut self, timeline: &Timeline, span: Span) {
        let mut talk: Option<(MediaTime, MediaTime)> = None;
        let (mut gap_ms, mut gap_since_talk) = (0.0, 0.0);
        for (at, cell) in timeline.cells(span) {
            self.span_s += 0.1;
            self.add(cell);
            if cell.speech > 0 {
                talk = Some((talk.map_or(at, |(first, _)| first), at + CELL_MS));
                gap_ms += gap_since_talk;
                gap_since_talk = 0.0;
            } else if talk.is_some() {
                gap_since_talk += f64::from(cell.audio_gap_ms);
            }
        }
        if let Some((first, last)) = talk {
            self.talk_s += ((last - first) as f64 - gap_ms).max(0.0) / 1000.0;
        }
    }

    fn add(&mut self, cell: &Cell) {
        self.heard_s += (f64::from(cell.hops) * 10.0 - f64::from(cell.audio_gap_ms)).max(0.0) / 1000.0;
        self.speech_s += f64::from(cell.speech) / 100.0;
        self.voiced_s += f64::from(cell.voiced) / 100.0;
        self.nuclei += u32::from(cell.nuclei);
        self.words += u32::from(cell.words);
        self.written_s += f64::from(cell.speech) / 100.0 * f64::from(cell.written_ms) / CELL_MS as f64;
        self.pitch_sum += f64::from(cell.pitch_sum);
        self.pitch_sq += f64::from(cell.pitch_sq);
        self.level_sum += f64::from(cell.level_sum);
        if let Some(snr) = cell.snr_db {
            self.snr_sum += f64::from(snr);
            self.snr_cells += 1;
        }
        if cell.stress.is_some() {
            self.stress_s += 0.1;
        }
        let face = &cell.face;
        if face.analyzed_ms == 0 {
            return;
        }
        let s = |ms: u16| f64::from(ms) / 1000.0;
        let w = |sum: f32| f64::from(sum) / 1000.0;
        self.analyzed_s += s(face.analyzed_ms);
        self.present_s += s(face.present_ms);
        self.good_s += s(face.good_ms);
        self.dark_s += s(face.dark_ms);
        self.cut_s += s(face.cut_ms);
        self.gaze_s += s(face.gaze_ms);
        self.contact_s += s(face.contact_ms);
        self.gone_s += s(face.gone_ms);
        self.several_s += s(face.several_ms);
        self.shut_s += s(face.shut_ms);
        self.eye_s += s(face.eye_ms);
        self.eye += w(face.eye);
        self.eye_sq += w(face.eye_sq);
        self.speed_s += s(face.speed_ms);
        self.speed += w(face.speed);
        self.units_s += s(face.units_ms);
        self.brow += w(face.brow);
        self.lip += w(face.lip);
        self.smile += w(face.smile);
        self.expressive_s += s(face.expressive_ms);
        self.expressive += w(face.expressive);
        self.affect_s += s(face.affect_ms);
        self.valence += w(face.valence);
        self.arousal += w(face.arousal);
        self.alert += w(face.alert);
    }

    /// Syllables per second from the first to the last word.
    pub fn pace(&self) -> Option<f32> {
        (self.talk_s > 0.0).then(|| (f64::from(self.nuclei) / self.talk_s) as f32)
    }

    /// Share of the speech that is written down with certainty, 0 to 1.
    pub fn written_share(&self) -> Option<f64> {
        (self.speech_s > 0.0).then(|| (self.written_s / self.speech_s).min(1.0))
    }

    /// Share of the time on camera; a face that is gone is not on it.
    pub fn contact(&self) -> Option<f32> {
        ratio(self.contact_s, self.gaze_s)
    }

    /// Seconds in which a face was there whose look could be judged.
    pub fn looked_s(&self) -> f64 {
        self.gaze_s - self.gone_s
    }

    /// Share of the time on camera while there was a face.
    pub fn contact_while_seen(&self) -> Option<f32> {
        ratio(self.contact_s, self.looked_s())
    }

    /// A face that neither turns nor moves its lids: a photograph of one.
    pub fn is_still(&self) -> bool {
        let Some(speed) = ratio(self.speed, self.speed_s) else { return false };
        let lids = ratio(self.eye, self.eye_s).zip(ratio(self.eye_sq, self.eye_s));
        let deviation = lids.map(|(mean, sq)| (sq - mean * mean).max(0.0).sqrt());
        speed < STILL_DEG_PER_S && deviation.is_none_or(|d| d < STILL_LIDS)
    }

    /// Mean level of speech, dB.
    pub fn level_db(&self) -> Option<f32> {
        ratio(self.level_sum, self.speech_s * 100.0)
    }

    pub fn snr_db(&self) -> Option<f32> {
        (self.snr_cells > 0).then(|| (self.snr_sum / f64::from(self.snr_cells)) as f32)
    }

    /// Returns whether pitch and perturbation cannot be judged. True also where no half second of quiet was heard, because then the level of
    /// the room is unknown.
    pub fn too_noisy(&self) -> bool {
        self.snr_db().is_none_or(|snr| snr < LEAST_SNR_DB) || self.voiced_s < LEAST_VOICED_SHARE * self.speech_s
    }

    /// Mean pitch, semitones re 100 Hz.
    pub fn pitch_st(&self) -> Option<f32> {
        ratio(self.pitch_sum, self.voiced_s * 100.0)
    }
}

/// What a metric may read.
#[derive(Debug)]
pub struct Scene<'a> {
    pub timeline: &'a Timeline,
    pub baseline: &'a Baseline,
    pub spans: Vec<Span>,
    pub totals: Totals,
    pub suggested_ms: Option<i64>,
    /// The operator allows valence, arousal and stress.
    pub affect: bool,
    /// The camera's automatic gain was on: levels say little.
    pub agc: bool,
    /// The face model sees irises, lids and blendshapes.
    pub full_face_model: bool,
    /// The video does not move; several faces are in it: nothing of a face is judged.
    pub still_video: bool,
    pub several_faces: bool,
    /// Whether the moments are wanted; they cost more than the value.
    pub moments: bool,
}

impl Scene<'_> {
    /// Returns whether there is enough speech to say that its pitch and perturbation cannot be judged.
    pub fn too_noisy(&self) -> bool {
        self.totals.speech_s >= LEAST_SPEECH_S && self.totals.too_noisy()
    }

    /// The video did not move: in most windows of 10 s the head and the lids of the face stood still.
    pub fn is_still_video(&self) -> bool {
        let (mut still, mut all) = (0u32, 0u32);
        for &span in &self.spans {
            let starts = (span.start.ms()..span.end.ms()).step_by(STILL_MS as usize);
            for start in starts {
                let window = Span::new(MediaTime(start), MediaTime(start + STILL_MS).min(span.end));
                let totals = Totals::over(self.timeline, &[window]);
                if window.len_ms() < STILL_MS || totals.speed_s * 2000.0 < STILL_MS as f64 {
                    continue;
                }
                all += 1;
                still += u32::from(totals.is_still());
            }
        }
        all > 0 && f64::from(still) >= STILL_SHARE * f64::from(all)
    }

    /// Who is seen is not sure: for a good part of the time there was more than one face.
    pub fn has_several_faces(&self) -> bool {
        self.totals.several_s >= SEVERAL_SHARE * self.totals.analyzed_s && self.totals.several_s >= 3.0
    }

    /// The spans cut into windows of 15 s, in which a voice is looked at by itself; the last of a span is what is left.
    pub fn windows(&self) -> impl Iterator<Item = Span> {
        self.spans.iter().flat_map(|span| {
            let starts = (span.start.ms()..span.end.ms()).step_by(WINDOW_MS as usize);
            starts.map(|start| Span::new(MediaTime(start), MediaTime(start + WINDOW_MS).min(span.end)))
        })
    }

    /// The scene cut into three parts of the same length.
    pub fn thirds(&self) -> [Vec<Span>; 3] {
        let total: i64 = self.spans.iter().map(|s| s.len_ms()).sum();
        let mut parts: [Vec<Span>; 3] = Default::default();
        let mut passed = 0;
        for &span in &self.spans {
            for (i, part) in parts.iter_mut().enumerate() {
                let (from, to) = (total * i as i64 / 3 - passed, total * (i as i64 + 1) / 3 - passed);
                let (from, to) = (from.clamp(0, span.len_ms()), to.clamp(0, span.len_ms()));
                if from < to {
                    part.push(Span::new(span.start + from, span.start + to));
                }
            }
            passed += span.len_ms();
        }
        parts
    }

    /// Events of a list in order of time that begin in the scene.
    pub fn events<'b, T>(&'b self, list: &'b [T], at: fn(&T) -> MediaTime) -> impl Iterator<Item = &'b T> {
        self.spans.iter().flat_map(move |span| {
            let from = list.partition_point(|x| at(x) < span.start);
            list[from..].iter().take_while(move |x| at(x) < span.end)
        })
    }

    /// Seconds in which stress could be judged.
    pub fn stress_known_s(&self) -> f64 {
        self.totals.stress_s
    }

    pub fn pauses(&self) -> impl Iterator<Item = &Pause> {
        self.events(&self.timeline.pauses, |p| p.span.start)
    }

    pub fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        self.events(&self.timeline.phrases, |p| p.span.start)
    }

    /// Returns the scene of a part of this one, without moments.
    pub fn part(&self, spans: Vec<Span>) -> Scene<'_> {
        Scene {
            timeline: self.timeline,
            baseline: self.baseline,
            totals: Totals::over(self.timeline, &spans),
            spans,
            suggested_ms: self.suggested_ms,
            affect: self.affect,
            agc: self.agc,
            full_face_model: self.full_face_model,
            still_video: self.still_video,
            several_faces: self.several_faces,
            moments: false,
        }
    }
}
