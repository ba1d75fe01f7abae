//! The memory of client and store together, in one process, while a large object goes in and comes out.

use std::io::Write as _;

use coach_archive::store::Options;
use coach_testing::{Need, not_checked};

mod support;

const SIZE: u64 = 300 << 20;
/// Two parts in the client, blocks in the store, buffers of the sockets; nothing that grows with the object.
const MOST: u64 = 64 << 20;

/// The most memory that was resident since [`forget`], in bytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb << 10)
}

fn forget() -> bool {
    std::fs::write("/proc/self/clear_refs", "5").is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_flat_while_300_mib_go_in_and_come_out() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = support::start(Options::new(dir.path().join("store"))).await;
    let path = dir.path().join("large.bin");
    let mut file = std::fs::File::create(&path).expect("made");
    let block = support::noise(1 << 20);
    for n in 0..SIZE >> 20 {
        file.write_all(&n.to_le_bytes()).and_then(|()| file.write_all(&block[8..])).expect("written");
    }
    drop(file);
    // Warm: connections, threads and their stacks are made.
    running.archive.check().await.expect("works");
    if !forget() {
        not_checked(Need::Other, "memory stays flat", "the peak of the resident memory cannot be reset here");
        return;
    }
    let before = peak().expect("the peak");
    let began = std::time::Instant::now();
    let stored = running.archive.put_file("large", &path, "video/webm").await.expect("stored");
    let (up, up_s) = (peak().expect("the peak") - before, began.elapsed().as_secs_f64());
    assert_eq!(stored.size, SIZE);
    assert!(forget());
    let before = peak().expect("the peak");
    let began = std::time::Instant::now();
    let mut body = running.archive.get("large", None).await.expect("get");
    let mut came = 0;
    while let Some(bytes) = body.next().await.expect("the bytes, checked by their CRC") {
        came += bytes.len() as u64;
    }
    let (down, down_s) = (peak().expect("the peak") - before, began.elapsed().as_secs_f64());
    assert_eq!(came, SIZE);
    let mb = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "300 MiB: {:.1} MB more at the peak going in ({:.0} MB/s, synced and confirmed), {:.1} MB coming out ({:.0} MB/s)",
        mb(up),
        mb(SIZE) / up_s,
        mb(down),
        mb(SIZE) / down_s,
    );
    assert!(up < MOST && down < MOST, "memory grows with the object: {up} and {down} bytes");
}
