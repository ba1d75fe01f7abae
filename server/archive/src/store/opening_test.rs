//! Opening a store that is damaged, in use, or none of ours.

use super::crash_test::{BUCKET, NEW, OLD, content, memory_folder, put, runtime, set_up};
use super::{Options, Store};

#[test]
fn a_damaged_record_is_reported_and_costs_nobody_else_a_byte() {
    let root = memory_folder();
    let dir = root.path().join("store");
    runtime().block_on(set_up(&dir));
    let layout = super::record::Layout { root: dir.clone() };
    std::fs::write(layout.object(BUCKET, "deleted"), b"{\"bucket\":").expect("written");
    let blob = {
        let store = Store::open(Options::new(&dir)).expect("opens");
        assert_eq!(store.opened().damaged.len(), 1);
        assert_eq!(store.opened().orphans, 0, "the blob of the damaged record may be needed to repair it");
        store.inner.index().object(BUCKET, "replaced").expect("there").manifest.segments[0].blob
    };
    let file = std::fs::OpenOptions::new().write(true).open(layout.blob(blob)).expect("there");
    file.set_len(3).expect("cut");
    let store = Store::open(Options::new(&dir)).expect("opens");
    assert_eq!(store.opened().damaged.len(), 2);
    assert!(store.inner.find(BUCKET, "replaced").is_err(), "a cut object is never presented as whole");
    assert_eq!(content(&store.inner.find(BUCKET, "bystander").expect("there")), OLD);
    runtime().block_on(put(&store, "replaced", NEW));
    drop(store);
    assert_eq!(Store::open(Options::new(&dir)).expect("opens").opened().damaged.len(), 1);
}

#[test]
fn a_folder_is_open_once_and_a_foreign_folder_is_left_alone() {
    let root = memory_folder();
    let dir = root.path().join("store");
    let store = Store::open(Options::new(&dir)).expect("opens");
    assert!(matches!(Store::open(Options::new(&dir)), Err(super::OpenError::InUse(_))));
    drop(store);
    drop(Store::open(Options::new(&dir)).expect("opens again"));
    std::fs::write(dir.join("format"), "coach-store 2\n").expect("written");
    assert!(matches!(Store::open(Options::new(&dir)), Err(super::OpenError::Format(_))));
    let foreign = root.path().join("foreign");
    std::fs::create_dir(&foreign).expect("made");
    std::fs::write(foreign.join("thesis.txt"), "years of work").expect("written");
    assert!(matches!(Store::open(Options::new(&foreign)), Err(super::OpenError::Format(_))));
    assert!(!foreign.join("objects").exists());
}
