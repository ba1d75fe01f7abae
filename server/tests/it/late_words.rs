//! Words that the recognizer could not keep up with are written down after the session, from its recording.

use crate::support::report::make_ready;
use crate::support::speech::spoken;
use crate::support::{Server, project, uploaded};
use coach_core::journal::{Gap, GapKind, GapReason, Line, Phrase};
use coach_core::report::Report;
use coach_core::{MediaTime, SessionId};
use coach_insight::replay::replay_text;
use coach_server::analysis;
use coach_server::jobs::analyze::{self, Analyze};
use coach_server::jobs::late_words::LateWords;
use coach_server::jobs::rescore::Rescore;
use coach_server::jobs::{Job, Worker, Workplace};
use coach_server::objects::{journal_key, late_words_key, recording_key, report_key, upload_key};
use coach_server::recording::rescore::{self as stored, LATE_WORDS, read};
use coach_server::store::jobs::NewJob;
use coach_testing::{Need, not_checked};
use serde_json::Value;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Three sentences with a pause between them.
const SAID: &str = "I moved the whole release by a week. <break time=\"1500ms\"/> Then we tested it with a customer. \
                    <break time=\"1500ms\"/> In the end nobody lost any money.";

/// The journal as a busy machine would have written it: without the phrases that begin later than the first. Returns how many those are.
fn left_out(journal: &str) -> (String, usize) {
    let (mut lines, mut seen, mut lost) = (Vec::new(), 0, 0);
    for line in journal.lines() {
        let read: Value = serde_json::from_str(line).unwrap();
        seen += usize::from(read["kind"] == "phrase");
        if read["kind"] != "phrase" || seen == 1 {
            lines.push(line.to_owned());
            continue;
        }
        lost += 1;
        let at = |name: &str| MediaTime(read[name].as_i64().unwrap());
        let (t, start, end) = (at("t"), at("start"), at("end"));
        let gap = Gap { t, what: GapKind::Words, start, end, reason: GapReason::Overload };
        lines.push(serde_json::to_string(&Line::Gap(gap)).unwrap());
    }
    (lines.join("\n") + "\n", lost)
}

async fn shown(server: &Server, id: SessionId) -> Report {
    let text = server.get(&format!("/api/sessions/{id}/report")).await.text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_out_live_is_written_down_from_the_recording_and_the_report_is_computed_again() {
    if !project().join("models/moonshine_tiny_en_encoder.onnx").exists() {
        not_checked(Need::Models, "words after the session", "the speech recognizer is not in the models folder");
        return;
    }
    let server = Server::with(|config| {
        config.models.dir = project().join("models");
    })
    .await;
    let (context, me) = (&server.context, server.user);
    let analyzers = analysis::load(context).await.unwrap();
    // What a machine that kept up makes of it.
    let folder = tempfile::tempdir().unwrap();
    let recording = spoken(folder.path(), SAID);
    let first = uploaded(&context.db, me).await;
    server.objects.put(&upload_key(first), recording.clone());
    analyze::enqueue(context, me, first).await.unwrap();
    let place = Arc::new(Workplace::open(&context.config.storage.data).unwrap());
    let late = LateWords::new(context.clone(), analyzers.models.clone(), place.clone());
    let analyze = Analyze::new(context.clone(), analyzers, place);
    let kinds: [Arc<dyn Job>; 3] = [Arc::new(analyze), Arc::new(late), Arc::new(Rescore(context.clone()))];
    let worker = Worker::new(context.queue.clone(), Default::default(), kinds);
    let step = async || worker.step(&CancellationToken::new()).await.unwrap();
    assert!(step().await);
    let whole = shown(&server, first).await;
    let packed = read(&*context.objects, &journal_key(first)).await.unwrap().unwrap();
    let journal = String::from_utf8(zstd::decode_all(&*packed).unwrap()).unwrap();
    let (journal, lost) = left_out(&journal);
    assert!(lost >= 1, "{journal}");

    // The same, live on a busy machine.
    let id: SessionId = server.session().await.parse().unwrap();
    let report = replay_text(journal.as_bytes()).unwrap().report;
    assert_eq!(report.unwritten.len(), lost);
    make_ready(&context.db, me, id, &report).await;
    server.objects.put(&journal_key(id), zstd::encode_all(journal.as_bytes(), 3).unwrap());
    server.objects.put(&report_key(id), serde_json::to_vec(&report).unwrap());
    server.objects.put(&recording_key(id), recording);
    context.queue.enqueue(NewJob::of_session(LATE_WORDS, me, id)).await.unwrap();
    assert!(step().await && step().await, "it is written down, and scored again");
    let after = shown(&server, id).await;
    // From when on a phrase counts is of no meaning any more.
    let said = |report: &Report| -> Vec<Phrase> {
        report.transcript.iter().map(|phrase| Phrase { t: phrase.start, ..phrase.clone() }).collect()
    };
    assert_eq!((after.unwritten.len(), said(&after)), (0, said(&whole)));
    assert_eq!(after.overall.scores.clarity.value, whole.overall.scores.clarity.value);
    let stored = read(&*context.objects, &late_words_key(id)).await.unwrap().unwrap();
    assert_eq!(serde_json::from_slice::<stored::LateWords>(&stored).unwrap().spans.len(), lost);

    // Once more: nothing is left to do.
    context.queue.enqueue(NewJob::of_session(LATE_WORDS, me, id)).await.unwrap();
    assert!(step().await && !step().await, "no further scoring");
}
