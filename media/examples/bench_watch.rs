//! What viewers cost: CPU time of the network thread, delay of packets, memory.
//!
//! ```text
//! cargo run --example bench_watch -- VIEWERS SECONDS
//! ```
//! One publisher sends 600 kbit/s of made-up VP8 at 30 frames a second and Opus; the viewers decrypt and count. CPU time, not wall
//! time: the machine may be busy. The delay is that from the publisher's call to the viewer's and holds the time that either waits to run.

#[path = "publisher/mod.rs"]
#[allow(dead_code)]
mod publisher;
#[path = "viewer/mod.rs"]
#[allow(dead_code)]
mod viewer;

use anyhow::{Context, Result, ensure};
use coach_media::Track;
use coach_media::peer::{Config, Endpoint, FeedId, Limits};
use publisher::{Loss, Sender};
use rtc::peer_connection::state::RTCPeerConnectionState as State;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use viewer::Viewer;

/// What the viewers of a phase saw.
#[derive(Default)]
struct Seen {
    packets: u64,
    lost: u64,
    delays_ms: Vec<f64>,
}

/// CPU seconds of the network thread, user and system together.
fn cpu_s() -> Result<f64> {
    for task in std::fs::read_dir("/proc/self/task")? {
        let path = task?.path();
        if std::fs::read_to_string(path.join("comm"))?.trim() == "network" {
            // Nanoseconds that it ran: /proc/PID/schedstat, first field.
            let stat = std::fs::read_to_string(path.join("schedstat"))?;
            return Ok(stat.split(' ').next().context("a field")?.parse::<f64>()? / 1e9);
        }
    }
    anyhow::bail!("there is no network thread")
}

fn memory_mb() -> Result<f64> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    Ok(pages.split(' ').nth(1).context("a field")?.parse::<f64>()? * 4096.0 / f64::from(1 << 20))
}

/// Runs viewers in this thread until told to stop.
fn watch(mut viewers: Vec<Viewer>, begin: Instant, connected: &AtomicBool, stop: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    let mut newest: Vec<[Option<u16>; 2]> = vec![[None; 2]; viewers.len()];
    while !stop.load(Relaxed) {
        for (viewer, newest) in viewers.iter_mut().zip(&mut newest) {
            viewer.turn(Duration::ZERO, |track, packet| {
                seen.packets += 1;
                let newest = &mut newest[usize::from(track == Track::Audio)];
                let step = newest.map_or(1, |newest| packet.header.sequence_number.wrapping_sub(newest));
                if step < 0x8000 {
                    seen.lost += u64::from(step.saturating_sub(1));
                    *newest = Some(packet.header.sequence_number);
                }
                if let (Track::Audio, Some(stamp)) = (track, packet.payload.get(1..9)) {
                    let sent = u64::from_be_bytes(stamp.try_into().unwrap_or_default());
                    seen.delays_ms.push((begin.elapsed().as_nanos() as u64).saturating_sub(sent) as f64 / 1e6);
                }
            });
        }
        connected.store(viewers.iter().all(|viewer| viewer.state() == State::Connected), Relaxed);
        std::thread::sleep(Duration::from_millis(1));
    }
    viewers.into_iter().for_each(Viewer::close);
    seen
}

/// Sends in real time until told to stop.
async fn send(mut sender: Sender, begin: Instant, stop: Arc<AtomicBool>) -> Result<()> {
    let start = tokio::time::Instant::now();
    let mut n = 0u64;
    while !stop.load(Relaxed) {
        let ns = n as i64 * 10_000_000;
        tokio::time::sleep_until(start + Duration::from_millis(10 * n)).await;
        if n.is_multiple_of(2) {
            let mut audio = vec![0xFC];
            audio.extend((begin.elapsed().as_nanos() as u64).to_be_bytes());
            audio.resize(120, 0);
            sender.send(Track::Audio, ns, &audio.into()).await?;
        }
        if matches!(n % 10, 0 | 3 | 7) {
            let key = n.is_multiple_of(300);
            let mut frame = vec![if key { 0x10 } else { 0x11 }, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01];
            frame.resize(if key { 15_000 } else { 2_360 }, 7);
            sender.send(Track::Video, ns, &frame.into()).await?;
        }
        n += 1;
    }
    sender.close().await?;
    Ok(())
}

/// Measures so many viewers for so many seconds: per cent of a core of the network thread.
async fn phase(endpoint: &Endpoint, feed: FeedId, viewers: usize, seconds: u64, begin: Instant) -> Result<f64> {
    let (mut peers, mut handles) = (Vec::new(), Vec::new());
    for _ in 0..viewers {
        let (mut viewer, offer) = Viewer::new(true, true, "127.0.0.1:0")?;
        let (answer, handle) = endpoint.watch(&offer, feed, None).await?;
        viewer.answered(&answer.sdp)?;
        peers.push(viewer);
        handles.push(handle);
    }
    let (connected, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (is_connected, stopped) = (connected.clone(), stop.clone());
    let watching = std::thread::spawn(move || watch(peers, begin, &is_connected, &stopped));
    let by = Instant::now() + Duration::from_secs(30);
    while !connected.load(Relaxed) {
        ensure!(Instant::now() < by, "the viewers do not connect");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The start is not the steady state.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (cpu, memory) = (cpu_s()?, memory_mb()?);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let (share, grown) = ((cpu_s()? - cpu) / seconds as f64 * 100.0, memory_mb()? - memory);
    stop.store(true, Relaxed);
    let mut seen = watching.join().map_err(|_| anyhow::anyhow!("the viewers panicked"))?;
    for handle in handles {
        handle.close().await;
    }
    seen.delays_ms.sort_by(f64::total_cmp);
    let at = |share: f64| seen.delays_ms.get((seen.delays_ms.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    println!(
        "{viewers:>4} viewers: network thread {share:.2} % of a core; {} packets, {} lost; delay p50 {:.1} p95 {:.1} ms; memory {grown:+.1} MiB in {seconds} s",
        seen.packets,
        seen.lost,
        at(0.5),
        at(0.95)
    );
    Ok(share)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let viewers: usize = arguments.next().map_or(Ok(20), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(10), |text| text.parse())?;
    let endpoint = Endpoint::bind(Config::default())?;
    let (feed, begin) = (endpoint.feed(), Instant::now());
    let (mut sender, offer) = Sender::new(true, true, "127.0.0.1:0", Loss::none()).await?;
    let limits = Limits { feed: Some(feed), ..Limits::default() };
    let (answer, mut publisher) = endpoint.accept(&offer, &limits).await?;
    let mut events = publisher.events();
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    sender.connect(&answer.sdp).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let sending = tokio::spawn(send(sender, begin, stop.clone()));
    let alone = phase(&endpoint, feed, 0, seconds, begin).await?;
    let one = phase(&endpoint, feed, 1, seconds, begin).await?;
    let many = phase(&endpoint, feed, viewers, seconds, begin).await?;
    println!(
        "per viewer: {:.3} % of a core ({:.3} % with what the publisher and the turns cost: {alone:.2} % alone, {one:.2} % with one)",
        (many - one) / (viewers.max(2) - 1) as f64,
        many / viewers.max(1) as f64
    );
    stop.store(true, Relaxed);
    sending.await??;
    publisher.close().await;
    Ok(())
}
