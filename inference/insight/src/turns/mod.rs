//! Two people who talk: while the interviewer speaks, the candidate's voice is not measured; who spoke when, who let whom finish, and how
//! the candidate listened.

mod runs;
mod taking;

use crate::scene::Totals;
use crate::timeline::{Gesture, Timeline};
use coach_core::journal::{Other, Voice};
use coach_core::live::TalkTime;
use coach_core::report::{Listening, Speaker, Turns as Told};
use coach_core::{MediaTime, Span};
use runs::Runs;

const HOP_MS: i64 = 10;
/// The room still sounds for so long after a voice.
const ECHO_MS: i64 = 100;
/// A silence of the interviewer under this is a breath.
const BREATH_MS: i64 = 1000;
/// Time of listening before something is said of it.
const LEAST_LISTENING_S: f64 = 10.0;
/// An interruption is spoken of within this.
const FRESH_MS: i64 = 5000;

/// Both voices of a session with a room.
#[derive(Debug, Default)]
pub struct Turns {
    is_room: bool,
    interviewer: Runs,
    candidate: Runs,
    /// The candidate's last 100 ms, which wait until it is known whether the interviewer spoke meanwhile.
    held: Option<Voice>,
}

/// The candidate's voice as it is measured.
#[derive(Debug)]
pub struct Heard {
    pub voice: Voice,
    /// Where the interviewer spoke: nothing is measured there.
    pub masked: Option<Span>,
}

impl Turns {
    pub fn new(is_room: bool) -> Turns {
        Turns { is_room, ..Turns::default() }
    }

    /// Takes 100 ms of the interviewer's voice.
    pub fn other(&mut self, other: &Other) {
        self.interviewer.hear(other.t, &other.speech);
    }

    /// Takes 100 ms of the candidate's voice. Returns what is to be measured now: with an interviewer, the 100 ms before.
    pub fn own(&mut self, voice: &Voice) -> Option<Heard> {
        if !self.is_room {
            return Some(Heard { voice: voice.clone(), masked: None });
        }
        self.candidate.hear(voice.t, &voice.speech);
        self.held.replace(voice.clone()).map(|voice| self.measured(voice))
    }

    /// Returns the last 100 ms of the candidate's voice, which nothing follows.
    pub fn end(&mut self) -> Option<Heard> {
        let last = self.held.take().map(|voice| self.measured(voice));
        self.interviewer.end();
        self.candidate.end();
        last
    }

    fn measured(&self, mut voice: Voice) -> Heard {
        let mut masked: Option<Span> = None;
        for i in 0..10 {
            let at = voice.t + i as i64 * HOP_MS;
            if self.is_masked(Span::new(at, at + HOP_MS)) {
                (voice.speech[i], voice.f0[i]) = (0.0, None);
                let hop = Span::new(at, at + HOP_MS);
                masked = Some(masked.map_or(hop, |masked| Span::new(masked.start, hop.end)));
            }
        }
        Heard { voice, masked }
    }

    /// Returns whether the interviewer spoke in this stretch, or shortly before it.
    pub fn is_masked(&self, span: Span) -> bool {
        let with_echo = Span::new(span.start - ECHO_MS, span.end);
        self.is_room && self.interviewer.within(with_echo).next().is_some()
    }

    /// Returns what is left of these stretches, which are in order, without those in which the interviewer speaks.
    pub fn without_interviewer(&self, spans: Vec<Span>) -> Vec<Span> {
        let (Some(first), Some(last), true) = (spans.first(), spans.last(), self.is_room) else { return spans };
        let mut speaks: Vec<Span> = Vec::new();
        // From the last to the first: breaths of the interviewer are part of what they say.
        for run in self.interviewer.within(Span::new(first.start, last.end)) {
            match speaks.last_mut() {
                Some(later) if later.start - run.end < BREATH_MS => later.start = run.start,
                _ => speaks.push(run),
            }
        }
        speaks.reverse();
        taking::without(&spans, &speaks)
    }

    /// Returns whether most of a stretch is the interviewer's: what was written down there are their words.
    pub fn is_the_interviewers(&self, span: Span) -> bool {
        self.is_room && 2 * self.interviewer.within(span).map(|run| run.overlap_ms(span)).sum::<i64>() > span.len_ms()
    }

    /// Returns whether the candidate listens: the interviewer speaks and the candidate does not.
    pub fn listens(&self, t: MediaTime) -> bool {
        self.interviewer.speaking_since(t).is_some() && self.candidate.speaking_since(t).is_none()
    }

    /// Returns how long ago the candidate last began to speak over the interviewer, who then stopped; `None`: not in the last seconds.
    pub fn interrupted_ms(&self, t: MediaTime) -> Option<i64> {
        if !self.is_room {
            return None;
        }
        let recent = Span::new(t - FRESH_MS - 5000, t);
        let mut own: Vec<Span> = self.candidate.within(recent).collect();
        let mut other: Vec<Span> = self.interviewer.within(recent).collect();
        own.reverse();
        other.reverse();
        // Who still speaks has not stopped.
        other.retain(|run| run.end < t - 300);
        let last = taking::interruptions(&other, &own, Speaker::Candidate).pop()?;
        Some(t - last.span.start).filter(|ms| *ms <= FRESH_MS)
    }

    /// Returns how long each has spoken; `None` where no interviewer has.
    pub fn talk_time(&self, t: MediaTime) -> Option<TalkTime> {
        let interviewer_ms = self.interviewer.spoken_ms();
        let candidate_ms = self.candidate.spoken_ms();
        (interviewer_ms > 0).then_some(TalkTime { t, candidate_ms, interviewer_ms })
    }

    /// Returns the stretches in which the candidate listened.
    fn listening(&self) -> Vec<Span> {
        taking::without(&self.interviewer.all(), &self.candidate.all())
    }

    /// Returns what is told of the session; `None` where no interviewer spoke.
    pub fn told(&self, timeline: &Timeline) -> Option<Told> {
        let (other, all) = (self.interviewer.all(), self.candidate.all());
        if !self.is_room || other.is_empty() {
            return None;
        }
        // What the candidate's microphone heard of the interviewer's voice is not the candidate's.
        let (own_turns, other_turns) = (taking::turns(&all, &other), taking::turns(&other, &all));
        let mut interruptions = taking::interruptions(&other, &all, Speaker::Candidate);
        interruptions.extend(taking::interruptions(&all, &other, Speaker::Interviewer));
        interruptions.sort_by_key(|found| found.span.start);
        let seconds = |spans: &[Span]| spans.iter().map(|s| s.len_ms()).sum::<i64>() as f64 / 1000.0;
        let (candidate_s, interviewer_s) = (seconds(&all), seconds(&other));
        Some(Told {
            candidate_s: candidate_s as f32,
            interviewer_s: interviewer_s as f32,
            share: (candidate_s / (candidate_s + interviewer_s)) as f32,
            responses: taking::responses(&other_turns, &own_turns),
            interruptions,
            overlaps: taking::overlaps(&other, &all),
            listening: self.listened(timeline),
            interviewer: other,
        })
    }

    /// How the candidate listened; `None` where they listened too shortly, or were hardly seen meanwhile.
    fn listened(&self, timeline: &Timeline) -> Option<Listening> {
        let spans = self.listening();
        let totals = Totals::over(timeline, &spans);
        if totals.good_s < LEAST_LISTENING_S {
            return None;
        }
        let during = |span: &Span| spans.iter().any(|s| s.start <= span.start && span.start < s.end);
        let nods = timeline.gestures.iter().filter(|(what, span)| *what == Gesture::Nod && during(span)).count();
        let smiled = |s: &Span| timeline.smiles.iter().map(|smile| smile.overlap_ms(*s)).sum::<i64>();
        Some(Listening {
            seconds: totals.good_s as f32,
            eye_contact: totals.contact(),
            nods_per_minute: (nods as f64 * 60.0 / totals.good_s) as f32,
            smile_share: (spans.iter().map(smiled).sum::<i64>() as f64 / 1000.0 / totals.good_s).min(1.0) as f32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(t: i64, speech: f32) -> Voice {
        Voice {
            t: MediaTime(t),
            hop: 10,
            f0: [Some(120.0); 10],
            strength: [0.9; 10],
            intensity: [60.0; 10],
            speech: [speech; 10],
            snr_db: None,
        }
    }

    #[test]
    fn the_candidates_voice_is_not_measured_while_the_interviewer_speaks() {
        let mut turns = Turns::new(true);
        let mut masked = Vec::new();
        for t in (0..2000).step_by(100) {
            // The interviewer's hops have a phase of their own.
            let speaks = f32::from(u8::from((500..1000).contains(&t)));
            turns.other(&Other { t: MediaTime(t + 30), hop: 10, speech: [speaks; 10] });
            masked.extend(turns.own(&voice(t, 1.0)).and_then(|heard| heard.masked));
        }
        masked.extend(turns.end().and_then(|heard| heard.masked));
        let (first, last) = (masked.first().expect("some"), masked.last().expect("some"));
        assert_eq!((first.start.ms(), last.end.ms()), (530, 1130), "with the room's echo");
        assert_eq!(masked.iter().map(|span| span.len_ms()).sum::<i64>(), 600);
    }

    #[test]
    fn without_a_room_nothing_waits() {
        let mut turns = Turns::new(false);
        let heard = turns.own(&voice(0, 1.0)).expect("at once");
        assert!(heard.masked.is_none() && turns.end().is_none() && turns.told(&Timeline::default()).is_none());
    }
}
