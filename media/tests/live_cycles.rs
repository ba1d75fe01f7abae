//! Publishers that come and go leave nothing behind. Alone in its file: it counts what the whole process holds.

#[path = "../examples/publisher/mod.rs"]
#[allow(dead_code)]
mod publisher;

use coach_media::peer::{Config, Endpoint, Event, Limits};
use publisher::{Loss, Sender};

const AT_A_TIME: usize = 5;

/// Descriptors, threads, and resident memory in MiB. Threads of the test's runtime are left out: it starts one for each blocking call
/// that finds none free, and keeps them for ten seconds.
fn held() -> (usize, usize, f64) {
    let count = |path: &str| std::fs::read_dir(path).unwrap().count();
    let name = |task: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(task.ok()?.path().join("comm")).ok();
    let threads = std::fs::read_dir("/proc/self/task").unwrap().filter_map(name);
    let threads = threads.filter(|name| !name.starts_with("tokio-")).count();
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let resident: f64 = pages.split(' ').nth(1).unwrap().parse().unwrap();
    (count("/proc/self/fd"), threads, resident * 4096.0 / f64::from(1 << 20))
}

async fn come_and_go(endpoint: &Endpoint) {
    let (mut sender, offer) = Sender::new(true, true, "127.0.0.1:0", Loss::none()).await.unwrap();
    let (answer, mut publisher) = endpoint.accept(&offer, &Limits::default()).await.unwrap();
    let mut events = publisher.events();
    sender.connect(&answer.sdp).await.unwrap();
    for n in 0..10 {
        sender.send(coach_media::Track::Audio, n * 20_000_000, &vec![0xFC, 1, 2].into()).await.unwrap();
    }
    publisher.close().await;
    sender.close().await.unwrap();
    let mut last = None;
    while let Some(event) = events.recv().await {
        last = Some(event);
    }
    assert_eq!(last, Some(Event::Closed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_connections_leave_no_descriptor_no_thread_and_no_memory() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let rounds = async |rounds: usize| {
        for _ in 0..rounds {
            let peers: Vec<_> = (0..AT_A_TIME).map(|_| Box::pin(come_and_go(&endpoint))).collect();
            futures::future::join_all(peers).await;
        }
    };
    rounds(4).await;
    let before = held();
    rounds(8).await;
    let after = held();
    println!(
        "held (descriptors, threads, MiB) after {} connections {before:?}, after {} {after:?}",
        4 * AT_A_TIME,
        12 * AT_A_TIME
    );
    assert_eq!((endpoint.counters().peers, endpoint.counters().addresses), (0, 0));
    assert_eq!(after.0, before.0, "descriptors");
    assert!(after.1 <= before.1 + 1, "threads");
    assert!(after.2 < before.2 + 12.0, "memory");
}
