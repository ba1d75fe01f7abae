//! Finds the end of a session whose publisher disconnected and never came back.
//!
//! While a session waits for its publisher, media time goes on and the journal holds gaps with the reason "no connection". If nobody comes
//! back, that time does not belong to the session: the recording has none of it.

use coach_core::journal::{Face, Gap, GapKind, GapReason, Line, Voice};
use coach_core::{MediaTime, Span};

/// The connection of one track.
#[derive(Debug, Default)]
struct Track {
    /// The last stretch without connection, joined from all gap lines about it.
    gone: Option<Span>,
    /// A line of the track came after that stretch.
    back: bool,
}

impl Track {
    fn gone(&mut self, span: Span) {
        match &mut self.gone {
            Some(gone) if span.start <= gone.end => gone.end = gone.end.max(span.end),
            gone => *gone = Some(span),
        }
        self.back = false;
    }

    /// Notes a line of the track. Lines within the stretch without connection come before its gap line and do not count.
    fn came(&mut self, t: MediaTime) {
        self.back |= self.gone.is_some_and(|gone| t >= gone.end);
    }

    fn since(&self) -> Option<MediaTime> {
        self.gone.filter(|_| !self.back).map(|gone| gone.start)
    }
}

/// Both tracks, and the last mark of the person.
#[derive(Debug, Default)]
pub(crate) struct Absence {
    video: Track,
    audio: Track,
    marked: MediaTime,
}

impl Absence {
    /// Notes an accepted line; lines come in journal order.
    pub(crate) fn accept(&mut self, line: &Line) {
        match line {
            Line::Gap(Gap { what, start, end, reason: GapReason::NoConnection, .. }) => match what {
                GapKind::Video => self.video.gone(Span::new(*start, *end)),
                GapKind::Audio => self.audio.gone(Span::new(*start, *end)),
                GapKind::Face | GapKind::Words => {}
            },
            Line::Face(face) => {
                let Face { t, .. } = **face;
                self.video.came(t);
            }
            Line::Voice(Voice { t, .. }) => self.audio.came(*t),
            Line::Mark(mark) => self.marked = mark.t,
            _ => {}
        }
    }

    /// Returns when the session ended, given that its lines reach `extent`.
    pub(crate) fn end(&self, extent: MediaTime) -> MediaTime {
        match (self.video.since(), self.audio.since()) {
            (Some(video), Some(audio)) => video.max(audio).max(self.marked).min(extent),
            _ => extent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::journal::{Mark, MarkKind, Quality};

    fn gap(what: GapKind, start: i64, end: i64) -> Line {
        let (start, end) = (MediaTime(start), MediaTime(end));
        Line::Gap(Gap { t: end, what, start, end, reason: GapReason::NoConnection })
    }

    fn face(t: i64) -> Line {
        Line::Face(Box::new(Face::absent(MediaTime(t), Quality { light: 0.5, size: 0.0, reason: None })))
    }

    fn voice(t: i64) -> Line {
        let (f0, zero) = ([None; 10], [0.0; 10]);
        Line::Voice(Voice { t: MediaTime(t), hop: 10, f0, strength: zero, intensity: zero, speech: zero, snr_db: None })
    }

    fn end(lines: &[Line], extent: i64) -> i64 {
        let mut absence = Absence::default();
        lines.iter().for_each(|line| absence.accept(line));
        absence.end(MediaTime(extent)).ms()
    }

    /// 9 s of media, then nobody: told of as it lasts, the silence before its gap.
    fn nobody() -> Vec<Line> {
        let audio = |n: i64| {
            [voice(9000 + 1000 * n), voice(9900 + 1000 * n), gap(GapKind::Audio, 9000 + 1000 * n, 10_000 + 1000 * n)]
        };
        let video = |n: i64| gap(GapKind::Video, 8980 + 1000 * n, 9980 + 1000 * n);
        let media = [face(8900), voice(8900)];
        media.into_iter().chain((0..5).flat_map(|n| [video(n)].into_iter().chain(audio(n)))).collect()
    }

    #[test]
    fn a_session_whose_publisher_never_came_back_ends_where_its_publisher_left() {
        assert_eq!(end(&nobody(), 14_000), 9000);
    }

    #[test]
    fn a_publisher_that_came_back_ends_the_absence_and_so_does_one_of_its_tracks() {
        for after in [face(14_100), voice(14_000)] {
            assert_eq!(end(&[nobody(), vec![after]].concat(), 15_000), 15_000);
        }
    }

    #[test]
    fn a_track_that_stops_while_the_other_goes_on_ends_nothing() {
        assert_eq!(end(&[voice(8900), gap(GapKind::Audio, 9000, 14_000)], 14_000), 14_000);
        assert_eq!(end(&[gap(GapKind::Audio, 9000, 14_000), gap(GapKind::Video, 0, 14_000)], 14_000), 9000);
    }

    #[test]
    fn what_the_person_did_meanwhile_belongs_to_the_session() {
        let mark = Mark {
            t: MediaTime(12_000),
            what: MarkKind::AnswerEnd,
            question: None,
            question_id: None,
            suggested_ms: None,
        };
        assert_eq!(end(&[nobody(), vec![Line::Mark(mark)]].concat(), 14_000), 12_000);
    }
}
