//! Hostile bytes for what pages and disks give the server: messages of the live channel, journals.

use coach_insight::replay_text;
use coach_server::channel::protocol::FromClient;
use coach_testing::fuzz;

const JOURNAL: &str = include_str!("../../../inference/insight/tests/golden/journal_v1.jsonl");

#[test]
fn hostile_bytes_as_a_message_of_a_page_are_a_message_or_an_error() {
    let seeds = [
        r#"{"type":"mark","what":"question","question_id":"q"}"#,
        r#"{"type":"mark","what":"note","note":"\u00fc\ud83d\ude00"}"#,
        r#"{"type":"hint_feedback","id":"slow_down","t":1200,"useful":true}"#,
        r#"{"type":"echo","nonce":"1"}"#,
        r#"{"type":"later"}"#,
    ];
    fuzz("messages of pages", seeds.map(|text| text.as_bytes().to_vec()).to_vec(), |bytes| {
        let _ = serde_json::from_slice::<FromClient>(bytes);
    });
}

#[test]
fn hostile_bytes_as_a_journal_are_lines_or_damage_and_give_a_report() {
    let lines: Vec<&str> = JOURNAL.lines().collect();
    // Whole journals are long; the beginning and a piece from the middle have every kind of line.
    let piece =
        |from: usize| [&lines[..1], &lines[from..(from + 60).min(lines.len())]].concat().join("\n").into_bytes();
    fuzz("journals", vec![piece(1), piece(lines.len() / 2)], |bytes| {
        let _ = replay_text(bytes);
    });
}
