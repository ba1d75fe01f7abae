//! Journals as text: version 1 stays readable, damage is named, and what is whole is read.

use crate::engine::EVERYTHING;
use crate::story::Story;
use coach_core::journal::Line;
use coach_insight::journal::{Error, LONGEST_LINE, Reader, Writer};
use coach_insight::replay_text;
use proptest::prelude::*;

/// Written once and never changed: 22 s of a session, thinned out to every kind of line.
const GOLDEN: &str = include_str!("../golden/journal_v1.jsonl");
const GOLDEN_REPORT: &str = include_str!("../golden/report_v1.json");

pub fn text(story: &Story) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.write(&Line::Header(Box::new(story.header.clone()))).expect("memory");
    for line in &story.lines {
        writer.write(line).expect("memory");
    }
    writer.into_inner()
}

#[test]
fn the_golden_journal_of_version_1_stays_readable() {
    let (header, mut reader) = Reader::open(GOLDEN.as_bytes()).expect("version 1");
    assert_eq!(header.version, 1);
    let lines: Vec<Line> = reader.by_ref().collect();
    assert_eq!((reader.damaged(), lines.len() + 1), (0, GOLDEN.lines().count()));
    let mut kinds: Vec<String> = lines
        .iter()
        .map(|l| serde_json::to_value(l).expect("JSON")["kind"].as_str().expect("a kind").to_owned())
        .collect();
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds, ["face", "gap", "hesitation", "mark", "nucleus", "rate", "voice", "voiced_run"]);
}

/// Formulas may change, with a new version each; this says that they did. `UPDATE_STORIES=1` writes it anew.
#[test]
#[allow(clippy::disallowed_methods, reason = "writes the fixture when asked to")]
fn the_golden_journal_gives_the_report_it_gave() {
    let report = replay_text(GOLDEN.as_bytes()).expect("version 1").report;
    let text = serde_json::to_string_pretty(&report).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_STORIES").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/report_v1.json");
        std::fs::write(path, &text).expect("the golden report");
    } else {
        assert!(text == GOLDEN_REPORT, "a formula changed: raise its version, then UPDATE_STORIES=1");
    }
}

#[test]
fn a_truncated_journal_yields_what_is_whole_and_says_where_it_broke() {
    let whole = text(&Story::parse(EVERYTHING));
    let cut = &whole[..whole.len() * 2 / 3];
    let whole_lines = cut.iter().filter(|b| **b == b'\n').count();
    let (_, mut reader) = Reader::open(cut).expect("the header is whole");
    assert_eq!(reader.by_ref().count() + 1, whole_lines);
    assert_eq!(reader.damaged(), 1);
    let damage = &reader.damages()[0];
    assert_eq!((damage.line, damage.why.as_str()), (whole_lines as u64 + 1, "cut off"));
    assert_eq!(whole[damage.byte as usize - 1], b'\n', "the byte is where the line begins");
}

#[test]
fn a_damaged_line_in_the_middle_costs_itself_alone() {
    let whole = String::from_utf8(text(&Story::parse(EVERYTHING))).expect("text");
    let mut lines: Vec<&str> = whole.lines().collect();
    lines[10] = "{\"kind\":\"face\",\"t\":";
    lines[20] = "\u{0}\u{0}";
    lines.insert(30, "");
    let replayed = replay_text(lines.join("\n").as_bytes()).expect("the header is whole");
    assert_eq!(replayed.damaged, 2);
    assert_eq!(replayed.damages.iter().map(|d| d.line).collect::<Vec<_>>(), [11, 21]);
    assert!(replayed.report.overall.scores.clarity.value.is_some());
}

#[test]
fn an_endless_line_is_passed_over_in_bounded_memory_and_the_places_stay_right() {
    let whole = text(&Story::parse("0:00 speak 140\n0:01 end"));
    let mut long = whole.clone();
    long.extend(std::iter::repeat_n(b'x', 3 * LONGEST_LINE));
    long.extend(b"\n{\"kind\":\"mark\",\"t\":900,\"what\":\"note\"}\nbroken\n");
    let (_, mut reader) = Reader::open(long.as_slice()).expect("a header");
    let n = whole.iter().filter(|b| **b == b'\n').count();
    assert_eq!(reader.by_ref().count(), n, "the lines before, less the header, and the mark after");
    let places: Vec<u64> = reader.damages().iter().map(|d| d.byte).collect();
    assert_eq!(places, [whole.len() as u64, long.len() as u64 - 7]);
}

#[test]
fn no_header_and_a_newer_version_are_errors_that_say_so() {
    assert!(matches!(Reader::open(&b""[..]), Err(Error::Empty)));
    assert!(matches!(Reader::open(&b"{\"kind\":\"mark\",\"t\":0,\"what\":\"note\"}\n"[..]), Err(Error::NoHeader(_))));
    assert!(matches!(Reader::open(&b"not a journal"[..]), Err(Error::NoHeader(_))));
    let newer = GOLDEN.lines().next().expect("a header").replace("\"version\":1", "\"version\":3,\"mood\":\"new\"");
    assert!(matches!(Reader::open(newer.as_bytes()), Err(Error::Version(3))));
}

#[test]
fn numbers_beyond_what_a_float_holds_are_damage() {
    let (header, _) = GOLDEN.split_once('\n').expect("a header");
    let text =
        format!("{header}\n{{\"kind\":\"hesitation\",\"t\":4100,\"start\":3600,\"end\":4000,\"confidence\":1e99}}\n");
    let replayed = replay_text(text.as_bytes()).expect("a header");
    assert_eq!(replayed.damaged, 1, "{:?}", replayed.damages);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn flipped_bytes_never_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40)) {
        let mut text = GOLDEN.as_bytes().to_vec();
        for (at, byte) in flips {
            let i = at.index(text.len());
            text[i] = byte;
        }
        let _ = replay_text(text.as_slice());
    }
}
