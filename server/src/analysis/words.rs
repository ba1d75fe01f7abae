//! Writes words down on one thread per process, because the recognizer needs a tenth of a gigabyte. Segments of all sessions wait for
//! it in one bounded queue, and each session's lane keeps what has no room there.

use coach_core::MediaTime;
use coach_core::journal::{Gap, GapKind, GapReason, Line, Phrase};
use coach_perception::words::{Recognizer, SOURCE, Segment};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::time::Instant;

/// Segments that wait for the thread, of all sessions: at most 17 MB of audio.
const QUEUE: usize = 12;
/// Most segments of one live session that wait for room in the queue. When there are more, the oldest is given up.
const WAITING: usize = 32;
/// Time from the closing of a segment to the moment from which its phrase counts, ms. It is enough to write the phrase down, so
/// that it counts from the same moment live and from a file.
const DELAY_MS: i64 = 1_200;
/// What the thread's priority is lowered by: faces, voices and the network go before it where processors are short.
const NICE: i32 = 5;

/// What became of a segment.
#[derive(Debug)]
pub struct Written {
    /// The segment's start.
    pub start: MediaTime,
    /// The phrase, or why there is none; `None`: no word was said.
    pub phrase: Result<Option<Phrase>, String>,
}

/// Takes an answer. Is called on the recognizer's thread.
pub type Post = Arc<dyn Fn(Written) + Send + Sync>;

/// Sends segments to the thread, which ends when the last of these is dropped. Cheap to clone.
#[derive(Clone)]
pub struct Words {
    queue: mpsc::SyncSender<(Segment, Post)>,
}

impl Words {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system starts no further thread.
    pub fn start(recognizer: Recognizer) -> std::io::Result<Words> {
        let (queue, work) = mpsc::sync_channel(QUEUE);
        std::thread::Builder::new().name("words".into()).spawn(move || {
            lower_priority();
            write(recognizer, &work);
        })?;
        Ok(Words { queue })
    }

    /// Returns the recognizer's name, as journals have it.
    pub fn source(&self) -> &'static str {
        SOURCE
    }

    /// Writes a segment down and waits for the phrase. Returns `None` when no word was said.
    ///
    /// # Errors
    /// The recognizer failed; the text says why.
    pub fn write(&self, segment: Segment) -> Result<Option<Phrase>, String> {
        let (answer, answers) = mpsc::channel();
        self.hand_over(segment, Arc::new(move |written: Written| drop(answer.send(written.phrase))));
        answers.recv().unwrap_or_else(|_| Err("the speech recognizer's thread has ended".into()))
    }

    /// Hands a segment over if the queue has room; `post` is called on the thread.
    ///
    /// # Errors
    /// There is no room; the segment comes back.
    fn offer(&self, segment: Segment, post: Post) -> Result<(), Segment> {
        self.queue.try_send((segment, post)).map_err(|error| match error {
            mpsc::TrySendError::Full((segment, _)) | mpsc::TrySendError::Disconnected((segment, _)) => segment,
        })
    }

    /// Hands a segment over and waits until there is room.
    fn hand_over(&self, segment: Segment, post: Post) {
        // The thread ends only after its last handle is gone.
        let _ = self.queue.send((segment, post));
    }
}

/// Lowers the priority of the calling thread. On Linux a nice value belongs to a thread.
fn lower_priority() {
    let lowered = rustix::process::getpriority_process(None)
        .and_then(|now| rustix::process::setpriority_process(None, now + NICE));
    if let Err(error) = lowered {
        tracing::warn!(%error, "the speech recognizer has the priority of the other threads");
    }
}

/// The loop of the thread: ends when every [`Words`] is dropped.
fn write(mut recognizer: Recognizer, work: &mpsc::Receiver<(Segment, Post)>) {
    while let Ok((segment, post)) = work.recv() {
        let began = Instant::now();
        // A panic is a bug. It must not end the words of the other sessions.
        let written = catch_unwind(AssertUnwindSafe(|| recognizer.transcribe(&segment)));
        metrics::histogram!("coach_words_seconds").record(began.elapsed());
        let phrase = match written {
            Ok(written) => written.map_err(|error| error.to_string()),
            Err(_) => Err("the speech recognizer panicked".into()),
        };
        post(Written { start: segment.start, phrase });
    }
}

/// A segment that is being written down, and when its phrase counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct UnderWay {
    start: MediaTime,
    end: MediaTime,
    t: MediaTime,
}

/// The words of one stream: segments on their way to the thread and back, and the media time up to which everything is known.
pub struct WordsLane {
    words: Words,
    post: Post,
    /// Whether the stream is live and not at its end. Then a segment without room waits in the lane and may be given up, and no line is
    /// held back for a phrase. Otherwise the caller waits for room.
    live: bool,
    waiting: VecDeque<Segment>,
    under_way: Vec<UnderWay>,
    /// Phrases that are written down and do not count yet.
    ready: Vec<Phrase>,
    /// Media time up to which everything was given out.
    passed: MediaTime,
    /// Where the audio ended; `None` while it goes on.
    end: Option<MediaTime>,
}

impl WordsLane {
    /// Returns a lane for one stream. `post` must bring answers back to [`WordsLane::written`].
    pub fn new(words: &Words, live: bool, post: Post) -> WordsLane {
        let (waiting, under_way, ready) = (VecDeque::new(), Vec::new(), Vec::new());
        WordsLane {
            words: words.clone(),
            post,
            live,
            waiting,
            under_way,
            ready,
            passed: MediaTime(i64::MIN),
            end: None,
        }
    }

    /// Takes a segment. Live, one that waits too long is given up; from a file, this waits for room in the queue.
    pub fn take(&mut self, segment: Segment, lines: &mut Vec<Line>) {
        let t = segment.known + DELAY_MS;
        self.end = None;
        self.under_way.push(UnderWay { start: segment.start, end: segment.end, t });
        if !self.live {
            return self.words.hand_over(segment, self.post.clone());
        }
        self.waiting.push_back(segment);
        if self.waiting.len() > WAITING
            && let Some(given_up) = self.waiting.pop_front()
        {
            self.lost(given_up.start, lines);
        }
        self.send();
    }

    /// Hands over what waits, as far as there is room.
    pub fn send(&mut self) {
        while let Some(segment) = self.waiting.pop_front() {
            if let Err(segment) = self.words.offer(segment, self.post.clone()) {
                self.waiting.push_front(segment);
                break;
            }
        }
    }

    /// Takes the answer for a segment.
    pub fn written(&mut self, Written { start, phrase }: Written, lines: &mut Vec<Line>) {
        self.send();
        match phrase {
            Err(error) => {
                tracing::error!(%error, %start, "a phrase could not be written down");
                self.lost(start, lines);
            }
            Ok(phrase) => {
                let Some(of) = self.answered(start) else { return };
                self.ready.extend(phrase.map(|phrase| Phrase { t: of.t, ..phrase }));
            }
        }
    }

    /// Returns the segment that began at `start`, which is no longer under way.
    fn answered(&mut self, start: MediaTime) -> Option<UnderWay> {
        let place = self.under_way.iter().position(|of| of.start == start)?;
        Some(self.under_way.remove(place))
    }

    /// Reports a segment that is not written down as a gap.
    fn lost(&mut self, start: MediaTime, lines: &mut Vec<Line>) {
        let Some(UnderWay { start, end, t }) = self.answered(start) else { return };
        let t = self.counts_from(t);
        lines.push(Line::Gap(Gap { t, what: GapKind::Words, start, end, reason: GapReason::Overload }));
    }

    /// Returns the media time from which something counts that is due at `t`: not after the end of the audio, and not before what was
    /// given out already.
    fn counts_from(&self, t: MediaTime) -> MediaTime {
        self.end.map_or(t, |end| t.min(end)).max(self.passed)
    }

    /// Returns the media time up to which everything is given out, given that no segment closes before `heard` any more;
    /// `MediaTime(i64::MAX)`: no segment closes at all. Appends the phrases that count by then to `lines`.
    pub fn known_until(&mut self, heard: MediaTime, lines: &mut Vec<Line>) -> MediaTime {
        let held = self.under_way.iter().map(|of| self.counts_from(of.t)).min();
        let until = match held {
            Some(t) if !self.live => heard.min(t),
            _ => heard,
        };
        for phrase in std::mem::take(&mut self.ready) {
            let t = self.counts_from(phrase.t);
            if t < until || self.end.is_some() {
                lines.push(Line::Phrase(Box::new(Phrase { t, ..phrase })));
            } else {
                self.ready.push(phrase);
            }
        }
        if until < MediaTime(i64::MAX) {
            self.passed = self.passed.max(until);
        }
        until
    }

    /// Notes that the audio has ended at `end`, perhaps to begin again with the next part. Nothing counts from a later time.
    pub fn ended(&mut self, end: MediaTime) {
        self.end = Some(end);
    }

    /// Waits for room in the queue from now on, so that nothing is given up. To be called at the end of the session.
    pub fn wait(&mut self) {
        self.live = false;
        for segment in std::mem::take(&mut self.waiting) {
            self.words.hand_over(segment, self.post.clone());
        }
    }

    /// Reports every segment without an answer as a gap. To be called when no answer comes any more.
    pub fn give_up(&mut self, lines: &mut Vec<Line>) {
        self.waiting.clear();
        for of in self.under_way.clone() {
            self.lost(of.start, lines);
        }
    }

    /// Returns whether all segments were answered. Phrases that count later are still to be taken by [`WordsLane::known_until`].
    pub fn is_over(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Returns the media time up to which everything was given out.
    pub fn passed(&self) -> MediaTime {
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lane whose queue nobody reads: what is handed over stays under way until the test answers.
    fn a_lane(live: bool) -> (WordsLane, mpsc::Receiver<(Segment, Post)>) {
        let (queue, work) = mpsc::sync_channel(QUEUE);
        (WordsLane::new(&Words { queue }, live, Arc::new(|_| {})), work)
    }

    fn segment(start: i64, end: i64) -> Segment {
        let (start, end) = (MediaTime(start), MediaTime(end));
        Segment { start, end, known: end + 500, samples: Vec::new(), probabilities: Vec::new() }
    }

    fn phrase(start: i64, end: i64) -> Written {
        let (start, end) = (MediaTime(start), MediaTime(end));
        let (text, source) = ("yes".to_owned(), SOURCE.to_owned());
        let phrase = Phrase {
            t: end + 500,
            start,
            end,
            text,
            logp: 0.0,
            complete: true,
            source,
            words: Vec::new(),
            heard: None,
        };
        Written { start, phrase: Ok(Some(phrase)) }
    }

    fn times(lines: &[Line]) -> Vec<i64> {
        lines.iter().map(|line| line.t().ms()).collect()
    }

    #[test]
    fn the_thread_that_lowers_its_priority_lowers_no_other() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let before = nice();
        let lowered = std::thread::spawn(move || {
            lower_priority();
            nice()
        });
        assert_eq!(lowered.join().unwrap(), (before + NICE).min(19));
        assert_eq!(nice(), before);
    }

    #[test]
    fn a_phrase_counts_a_fixed_time_after_its_segment_closed_live_and_from_a_file() {
        for live in [true, false] {
            let ((mut lane, _work), mut lines) = (a_lane(live), Vec::new());
            lane.take(segment(1000, 2000), &mut lines);
            assert_eq!(lane.known_until(MediaTime(2600), &mut lines), MediaTime(2600));
            lane.written(phrase(1000, 2000), &mut lines);
            assert_eq!(lane.known_until(MediaTime(3600), &mut lines), MediaTime(3600));
            assert!(lines.is_empty(), "it does not count yet");
            lane.known_until(MediaTime(5000), &mut lines);
            assert_eq!(times(&lines), [3700]);
        }
    }

    #[test]
    fn live_a_late_phrase_holds_nothing_back_and_counts_later_and_from_a_file_it_is_waited_for() {
        let ((mut lane, _work), mut lines) = (a_lane(true), Vec::new());
        lane.take(segment(1000, 2000), &mut lines);
        assert_eq!(lane.known_until(MediaTime(9000), &mut lines), MediaTime(9000));
        lane.written(phrase(1000, 2000), &mut lines);
        lane.known_until(MediaTime(9100), &mut lines);
        assert_eq!(times(&lines), [9000]);
        let ((mut lane, _work), mut lines) = (a_lane(false), Vec::new());
        lane.take(segment(1000, 2000), &mut lines);
        assert_eq!(lane.known_until(MediaTime(9000), &mut lines), MediaTime(3700));
    }

    #[test]
    fn a_session_that_waits_too_long_gives_up_its_oldest_segment_and_says_so() {
        let ((mut lane, _work), mut lines) = (a_lane(true), Vec::new());
        for n in 0..(QUEUE + WAITING) as i64 + 1 {
            lane.take(segment(n * 1000, n * 1000 + 900), &mut lines);
        }
        let [Line::Gap(gap)] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(
            (gap.what, gap.reason, gap.start),
            (GapKind::Words, GapReason::Overload, MediaTime(QUEUE as i64 * 1000))
        );
    }

    #[test]
    fn forty_sessions_share_one_queue_and_each_keeps_no_more_than_its_own_segments() {
        let (queue, work) = mpsc::sync_channel(QUEUE);
        let words = Words { queue };
        let (answers, answered) = mpsc::channel();
        let mut lanes: Vec<WordsLane> = (0..40)
            .map(|n| {
                let answers = answers.clone();
                WordsLane::new(&words, true, Arc::new(move |written| drop(answers.send((n, written)))))
            })
            .collect();
        // Nobody takes anything while each says fifty things: as many as the queue and the lanes have room for wait.
        let mut lines: Vec<Vec<Line>> = vec![Vec::new(); 40];
        for k in 0..50 {
            for (lane, lines) in lanes.iter_mut().zip(&mut lines) {
                lane.take(segment(k * 1000, k * 1000 + 900), lines);
                assert!(lane.waiting.len() <= WAITING);
            }
        }
        // Then the thread catches up: each lane sends on what it kept when an answer comes.
        let mut written = 0;
        while let Ok((segment, post)) = work.try_recv() {
            post(Written { start: segment.start, phrase: phrase(segment.start.ms(), segment.end.ms()).phrase });
            written += 1;
            for (n, answer) in answered.try_iter() {
                let n: usize = n;
                lanes[n].written(answer, &mut lines[n]);
            }
            lanes.iter_mut().for_each(WordsLane::send);
        }
        let gaps = lines.iter().flatten().filter(|line| matches!(line, Line::Gap(_))).count();
        println!("of 2000 segments {written} were written down, {gaps} are gaps");
        assert_eq!((written + gaps, written), (2000, QUEUE + 40 * WAITING));
        assert!(lanes.iter().all(WordsLane::is_over), "each segment is a phrase or a gap");
    }

    #[test]
    fn segments_that_are_never_answered_are_gaps_at_the_end() {
        let ((mut lane, _work), mut lines) = (a_lane(true), Vec::new());
        for start in [1000, 3000, 5000] {
            lane.take(segment(start, start + 900), &mut lines);
        }
        lane.ended(MediaTime(6000));
        lane.written(phrase(3000, 3900), &mut lines);
        lane.give_up(&mut lines);
        assert!(lane.is_over());
        lane.known_until(MediaTime(i64::MAX), &mut lines);
        let gaps = lines.iter().filter_map(|line| match line {
            Line::Gap(gap) => Some((gap.what, gap.start.ms(), gap.end.ms())),
            _ => None,
        });
        assert_eq!(gaps.collect::<Vec<_>>(), [(GapKind::Words, 1000, 1900), (GapKind::Words, 5000, 5900)]);
        assert_eq!(lines.len(), 3, "the phrase that was answered is there");
        lane.written(phrase(5000, 5900), &mut lines);
        lane.known_until(MediaTime(i64::MAX), &mut lines);
        assert_eq!(lines.len(), 3, "an answer after that changes nothing");
    }

    #[test]
    fn at_the_end_nothing_counts_from_later_and_a_failure_is_a_gap() {
        let ((mut lane, _work), mut lines) = (a_lane(true), Vec::new());
        lane.take(segment(2000, 2900), &mut lines);
        lane.take(segment(3000, 4000), &mut lines);
        lane.ended(MediaTime(4200));
        lane.written(Written { start: MediaTime(2000), phrase: Err("broken".into()) }, &mut lines);
        assert!(!lane.is_over());
        lane.written(phrase(3000, 4000), &mut lines);
        assert!(lane.is_over());
        assert_eq!(lane.known_until(MediaTime(i64::MAX), &mut lines), MediaTime(i64::MAX));
        assert_eq!(times(&lines), [4200, 4200]);
        assert!(matches!(lines[0], Line::Gap(Gap { what: GapKind::Words, .. })));
    }
}
