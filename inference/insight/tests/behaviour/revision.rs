//! Words that are revised change what rests on words, and nothing else.

use crate::story::Story;
use coach_core::journal::{Gap, GapKind, GapReason, Line, Phrase};
use coach_core::report::Report;
use coach_core::{MediaTime, Span};
use coach_insight::replay;
use coach_insight::replay::replay_revised;
use coach_insight::revision::{Correction, Late, Revision, Rewritten, corrected};

const FILLERS: &str = "
device-check
recognizer
0:00 ask Tell me about a conflict at work. for 120 s
0:01 speak 140
0:01 tone 3.6
0:01 says so um we moved the whole release by a week
1:10 end
";

fn plain(story: &Story) -> Report {
    replay(story.header.clone(), story.lines.iter().cloned())
}

fn revised(story: &Story, revision: Revision) -> Report {
    replay_revised(story.header.clone(), story.lines.iter().cloned(), revision)
}

fn phrases(story: &Story) -> Vec<Phrase> {
    let phrase = |line: &Line| if let Line::Phrase(phrase) = line { Some((**phrase).clone()) } else { None };
    story.lines.iter().filter_map(phrase).collect()
}

#[test]
fn a_correction_without_um_takes_the_fillers_from_the_report_and_leaves_hints_and_face_as_they_were() {
    let story = Story::parse(FILLERS);
    let (said, before) = (phrases(&story), plain(&story));
    let without = |text: &str| text.split(' ').filter(|word| *word != "um").collect::<Vec<_>>().join(" ");
    let of = |phrase: &Phrase| Correction { start: phrase.start, text: without(&phrase.text) };
    let after = revised(&story, Revision { corrections: said.iter().map(of).collect(), ..Revision::default() });
    let fillers = |report: &Report| report.metrics["fillers"].value;
    assert!(
        fillers(&before) > Some(5.0) && fillers(&after) == Some(0.0),
        "{:?} {:?}",
        fillers(&before),
        fillers(&after)
    );
    let clarity = |report: &Report| report.overall.scores.clarity.value;
    assert!(clarity(&after) > clarity(&before), "{:?} {:?}", clarity(&before), clarity(&after));
    assert_eq!(
        (&before.hints, &before.series.valence, &before.pauses),
        (&after.hints, &after.series.valence, &after.pauses)
    );
    assert_eq!(before.overall.scores.engagement.value, after.overall.scores.engagement.value);
    for (heard, now) in before.transcript.iter().zip(&after.transcript) {
        assert_eq!(now.heard.as_deref(), Some(heard.text.as_str()), "what was heard stays beside it");
        assert!(!now.text.contains("um"), "{}", now.text);
    }
}

#[test]
fn a_revision_that_changes_nothing_gives_the_report_bit_for_bit() {
    let story = Story::parse(FILLERS);
    let json = |report: &Report| serde_json::to_string(report).unwrap();
    let elsewhere = Correction { start: MediaTime(-7), text: "nothing".into() };
    for corrections in [Vec::new(), vec![elsewhere]] {
        assert_eq!(json(&revised(&story, Revision { corrections, ..Revision::default() })), json(&plain(&story)));
    }
}

#[test]
fn another_recognizer_stands_in_the_place_of_the_first_and_is_corrected_in_turn() {
    let story = Story::parse(FILLERS);
    let phrases: Vec<Phrase> =
        phrases(&story).iter().map(|p| corrected(p, &p.text.replace("um ", "").replace("week", "month"))).collect();
    let first = phrases[0].start;
    let rewritten = Some(Rewritten { recognizer: "another".into(), phrases });
    let corrections = vec![Correction { start: first, text: "Yes.".into() }];
    let after = revised(&story, Revision { rewritten, corrections, ..Revision::default() });
    assert_eq!((after.recognizer.as_deref(), after.transcript[0].text.as_str()), (Some("another"), "Yes."));
    assert!(
        after.transcript.iter().any(|p| p.text.contains("month"))
            && !after.transcript.iter().any(|p| p.text.contains("week"))
    );
    assert!(after.metrics["fillers"].value > Some(5.0), "what it leaves out was heard all the same");
}

#[test]
fn a_session_that_nobody_wrote_down_gets_words_from_another_recognizer() {
    let written = Story::parse(FILLERS);
    let silent = Story::parse(
        &FILLERS.replace("recognizer\n", "").replace("0:01 says so um we moved the whole release by a week\n", ""),
    );
    let rewritten = Some(Rewritten { recognizer: "another".into(), phrases: phrases(&written) });
    let after = revised(&silent, Revision { rewritten, ..Revision::default() });
    assert!(after.metrics["fillers"].value > Some(5.0), "{:?}", after.metrics["fillers"]);
    assert_eq!(plain(&silent).metrics["fillers"].value, None);
}

#[test]
fn what_a_busy_machine_left_out_and_wrote_down_later_gives_the_report_of_a_machine_that_kept_up() {
    let kept_up = Story::parse(FILLERS);
    let all = phrases(&kept_up);
    let left_out: Vec<Phrase> = all.iter().skip(1).step_by(2).cloned().collect();
    let spans: Vec<Span> = left_out.iter().map(|phrase| Span::new(phrase.start, phrase.end)).collect();
    let mut busy = kept_up.clone();
    for line in &mut busy.lines {
        let Line::Phrase(phrase) = line else { continue };
        if left_out.contains(phrase) {
            let (t, start, end) = (phrase.t, phrase.start, phrase.end);
            *line = Line::Gap(Gap { t, what: GapKind::Words, start, end, reason: GapReason::Overload });
        }
    }
    let before = plain(&busy);
    assert_eq!((&before.unwritten, before.transcript.len()), (&spans, all.len() - left_out.len()));
    assert!(before.notices.iter().any(|notice| notice.contains("busy")), "{:?}", before.notices);
    // One that was written down live comes again with its neighbour, and counts once.
    let phrases = left_out.iter().chain([&all[0]]).cloned().collect();
    let after = revised(&busy, Revision { late: Some(Late { spans, phrases }), ..Revision::default() });
    assert_eq!(
        (&after.unwritten, &after.notices, &after.transcript),
        (&Vec::new(), &Vec::new(), &plain(&kept_up).transcript)
    );
    assert_eq!(after.metrics["fillers"].value, plain(&kept_up).metrics["fillers"].value);
    assert_eq!(after.overall.scores.clarity.value, plain(&kept_up).overall.scores.clarity.value);
    assert_eq!(after.formulas, plain(&kept_up).formulas, "the same recognizer: it is compared with other sessions");
}
