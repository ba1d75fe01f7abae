//! The bytes of an opened file as a GStreamer source. It knows no name and no address and reads only the file it was
//! given.

use gstreamer as gst;
use gstreamer::glib;
use gstreamer_base as gst_base;
use gstreamer_base::prelude::*;
use gstreamer_base::subclass::prelude::*;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{LazyLock, OnceLock};

glib::wrapper! {
    /// A seekable source of bytes.
    pub struct Bytes(ObjectSubclass<imp::Bytes>) @extends gst_base::BaseSrc, gst::Element, gst::Object;
}

impl Bytes {
    /// Returns a source of the bytes of `file` from `start` to `end`, both counted from the file's beginning. Where `hidden` says
    /// so, other bytes are read than those of the file.
    pub fn new(file: File, start: u64, end: u64, hidden: Vec<(u64, [u8; 4])>) -> Bytes {
        let source: Bytes = glib::Object::new();
        source.set_format(gst::Format::Bytes);
        let _ = source.imp().range.set(imp::Range { file, start, length: end.saturating_sub(start), hidden });
        source
    }
}

/// Reads from `position` on until `bytes` are full or the file ends. Returns how many bytes were read.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read_at(file: &File, bytes: &mut [u8], position: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], position + filled as u64) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

mod imp {
    use super::*;

    pub struct Range {
        pub file: File,
        pub start: u64,
        pub length: u64,
        pub hidden: Vec<(u64, [u8; 4])>,
    }

    impl Range {
        /// Replaces what is hidden in `bytes`, which begin at `position` of the file.
        pub fn hide(&self, bytes: &mut [u8], position: u64) {
            for (at, other) in &self.hidden {
                for (n, byte) in (*at..).zip(other) {
                    let place = n.checked_sub(position).and_then(|place| usize::try_from(place).ok());
                    if let Some(place) = place.and_then(|place| bytes.get_mut(place)) {
                        *place = *byte;
                    }
                }
            }
        }
    }

    #[derive(Default)]
    pub struct Bytes {
        pub range: OnceLock<Range>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Bytes {
        const NAME: &'static str = "CoachBytes";
        type Type = super::Bytes;
        type ParentType = gst_base::BaseSrc;
    }

    impl ObjectImpl for Bytes {}
    impl GstObjectImpl for Bytes {}

    impl ElementImpl for Bytes {
        fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
            static ABOUT: LazyLock<gst::subclass::ElementMetadata> = LazyLock::new(|| {
                gst::subclass::ElementMetadata::new("Bytes", "Source", "Reads an opened file", "coach-media")
            });
            Some(&ABOUT)
        }

        fn pad_templates() -> &'static [gst::PadTemplate] {
            static PADS: LazyLock<Vec<gst::PadTemplate>> = LazyLock::new(|| {
                let any = gst::Caps::new_any();
                gst::PadTemplate::new("src", gst::PadDirection::Src, gst::PadPresence::Always, &any)
                    .into_iter()
                    .collect()
            });
            &PADS
        }
    }

    impl BaseSrcImpl for Bytes {
        fn start(&self) -> Result<(), gst::ErrorMessage> {
            Ok(())
        }

        fn is_seekable(&self) -> bool {
            true
        }

        fn size(&self) -> Option<u64> {
            self.range.get().map(|range| range.length)
        }

        fn fill(
            &self,
            offset: u64,
            length: u32,
            buffer: &mut gst::BufferRef,
        ) -> Result<gst::FlowSuccess, gst::FlowError> {
            let range = self.range.get().ok_or(gst::FlowError::Error)?;
            let room = range.length.saturating_sub(offset).min(u64::from(length)) as usize;
            if room == 0 {
                return Err(gst::FlowError::Eos);
            }
            let mut map = buffer.map_writable().map_err(|_| gst::FlowError::Error)?;
            let filled = read_at(&range.file, &mut map[..room], range.start + offset).map_err(|error| {
                gst::element_imp_error!(self, gst::ResourceError::Read, ("the file cannot be read: {error}"));
                gst::FlowError::Error
            })?;
            range.hide(&mut map[..filled], range.start + offset);
            drop(map);
            if filled == 0 {
                return Err(gst::FlowError::Eos);
            }
            buffer.set_size(filled);
            // Demuxers of transport streams count by this offset.
            buffer.set_offset(offset);
            buffer.set_offset_end(offset + filled as u64);
            Ok(gst::FlowSuccess::Ok)
        }
    }
}
