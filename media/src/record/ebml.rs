//! The EBML elements that WebM needs, and how they are written (RFC 8794, RFC 9559).

/// Ids of Matroska elements (RFC 9559, section 5).
pub mod id {
    pub const EBML: u32 = 0x1a45_dfa3;
    pub const EBML_VERSION: u32 = 0x4286;
    pub const EBML_READ_VERSION: u32 = 0x42f7;
    pub const EBML_MAX_ID_LENGTH: u32 = 0x42f2;
    pub const EBML_MAX_SIZE_LENGTH: u32 = 0x42f3;
    pub const DOC_TYPE: u32 = 0x4282;
    pub const DOC_TYPE_VERSION: u32 = 0x4287;
    pub const DOC_TYPE_READ_VERSION: u32 = 0x4285;
    pub const SEGMENT: u32 = 0x1853_8067;
    pub const SEEK_HEAD: u32 = 0x114d_9b74;
    pub const SEEK: u32 = 0x4dbb;
    pub const SEEK_ID: u32 = 0x53ab;
    pub const SEEK_POSITION: u32 = 0x53ac;
    pub const INFO: u32 = 0x1549_a966;
    pub const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
    pub const DURATION: u32 = 0x4489;
    pub const MUXING_APP: u32 = 0x4d80;
    pub const WRITING_APP: u32 = 0x5741;
    pub const TRACKS: u32 = 0x1654_ae6b;
    pub const TRACK_ENTRY: u32 = 0xae;
    pub const TRACK_NUMBER: u32 = 0xd7;
    pub const TRACK_UID: u32 = 0x73c5;
    pub const TRACK_TYPE: u32 = 0x83;
    pub const FLAG_LACING: u32 = 0x9c;
    pub const CODEC_ID: u32 = 0x86;
    pub const CODEC_PRIVATE: u32 = 0x63a2;
    pub const SEEK_PRE_ROLL: u32 = 0x56bb;
    pub const VIDEO: u32 = 0xe0;
    pub const PIXEL_WIDTH: u32 = 0xb0;
    pub const PIXEL_HEIGHT: u32 = 0xba;
    pub const AUDIO: u32 = 0xe1;
    pub const SAMPLING_FREQUENCY: u32 = 0xb5;
    pub const CHANNELS: u32 = 0x9f;
    pub const CUES: u32 = 0x1c53_bb6b;
    pub const CUE_POINT: u32 = 0xbb;
    pub const CUE_TIME: u32 = 0xb3;
    pub const CUE_TRACK_POSITIONS: u32 = 0xb7;
    pub const CUE_TRACK: u32 = 0xf7;
    pub const CUE_CLUSTER_POSITION: u32 = 0xf1;
    pub const CLUSTER: u32 = 0x1f43_b675;
    pub const TIMESTAMP: u32 = 0xe7;
    pub const SIMPLE_BLOCK: u32 = 0xa3;
}

/// The size of an element whose end is not known yet, in eight bytes.
pub const UNKNOWN: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/// A buffer to which elements are appended.
#[derive(Debug, Default)]
pub struct Buffer(pub Vec<u8>);

impl Buffer {
    /// Appends an id; its first bits say how long it is.
    pub fn id(&mut self, id: u32) {
        let bytes = id.to_be_bytes();
        self.0.extend_from_slice(&bytes[(id.leading_zeros() / 8) as usize..]);
    }

    /// Appends a size in as few bytes as can hold it.
    pub fn size(&mut self, size: u64) {
        let length = size_length(size);
        let coded = size | 1 << (7 * length);
        self.0.extend_from_slice(&coded.to_be_bytes()[8 - length as usize..]);
    }

    /// Appends a size in eight bytes, for an element whose size is filled in before later positions are known.
    pub fn size8(&mut self, size: u64) {
        self.0.extend_from_slice(&(size | 1 << 56).to_be_bytes());
    }

    /// Appends an element with these bytes.
    pub fn bytes(&mut self, id: u32, data: &[u8]) {
        self.id(id);
        self.size(data.len() as u64);
        self.0.extend_from_slice(data);
    }

    /// Appends an unsigned number in as few bytes as can hold it.
    pub fn uint(&mut self, id: u32, value: u64) {
        let skip = (value.leading_zeros() / 8).min(7) as usize;
        self.bytes(id, &value.to_be_bytes()[skip..]);
    }

    /// Appends an unsigned number in eight bytes, so that its value does not change the length of the element.
    pub fn uint8(&mut self, id: u32, value: u64) {
        self.bytes(id, &value.to_be_bytes());
    }

    /// Appends a floating-point number in eight bytes.
    pub fn float(&mut self, id: u32, value: f64) {
        self.bytes(id, &value.to_be_bytes());
    }

    /// Appends an element that holds the elements that `fill` appends.
    pub fn master(&mut self, id: u32, fill: impl FnOnce(&mut Buffer)) {
        let mut inside = Buffer::default();
        fill(&mut inside);
        self.bytes(id, &inside.0);
    }
}

/// Returns how many bytes a size needs. The value of all ones is reserved for an unknown size.
pub fn size_length(size: u64) -> u32 {
    (1..8).find(|length| size < (1 << (7 * length)) - 1).unwrap_or(8)
}

/// Reads an id from the start of `bytes`. Returns the id and its length; `None` where more bytes are needed or it is no
/// id.
pub fn read_id(bytes: &[u8]) -> Option<(u32, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    if length > 4 {
        return None;
    }
    Some((bytes.get(..length)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte)), length))
}

/// Reads a size from the start of `bytes`. Returns the size (`None`: unknown) and its length; `None` where more bytes
/// are needed or it is no size.
pub fn read_size(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let value = bytes.get(..length)?.iter().fold(0u64, |size, byte| size << 8 | u64::from(*byte));
    let mask = (1u64 << (7 * length)) - 1;
    let size = value & mask;
    Some(((size != mask).then_some(size), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_sizes_come_back_as_they_were_written() {
        for (number, length) in [(0, 1), (126, 1), (127, 2), (16_382, 2), (16_383, 3), (1 << 40, 6), ((1 << 56) - 2, 8)]
        {
            let mut buffer = Buffer::default();
            buffer.size(number);
            assert_eq!(read_size(&buffer.0), Some((Some(number), length)), "{number}");
        }
        for id in [id::CLUSTER, id::TIMESTAMP, id::SEEK_PRE_ROLL, id::TIMESTAMP_SCALE] {
            let mut buffer = Buffer::default();
            buffer.id(id);
            assert_eq!(read_id(&buffer.0), Some((id, buffer.0.len())));
        }
        assert_eq!(read_size(&UNKNOWN), Some((None, 8)));
    }

    #[test]
    fn half_an_id_or_size_is_none() {
        assert_eq!(read_id(&[0x1a, 0x45, 0xdf]), None);
        assert_eq!(read_id(&[0x01, 0, 0, 0, 0]), None);
        assert_eq!(read_id(&[]), None);
        assert_eq!(read_size(&[0x40]), None);
        assert_eq!(read_size(&[0x00; 9]), None);
    }

    #[test]
    fn numbers_take_the_bytes_they_need() {
        let mut buffer = Buffer::default();
        buffer.uint(id::TIMESTAMP, 0);
        buffer.uint(id::TIMESTAMP, 256);
        assert_eq!(buffer.0, [0xe7, 0x81, 0, 0xe7, 0x82, 1, 0]);
    }
}
