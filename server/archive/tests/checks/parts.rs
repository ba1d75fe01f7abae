//! Checks of multipart uploads.

use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Target, refusal};
use crate::support::noise;

const LARGE: usize = 5 << 20;

async fn begin(t: &Target, key: &str) -> String {
    let create = t.client.create_multipart_upload().bucket(&t.bucket).key(key).content_type("video/webm");
    create.send().await.expect("begun").upload_id().expect("an id").to_owned()
}

async fn part(t: &Target, key: &str, id: &str, number: i32, bytes: &[u8]) -> CompletedPart {
    let part = t.client.upload_part().bucket(&t.bucket).key(key).upload_id(id).part_number(number);
    let answer = part.body(bytes.to_vec().into()).send().await.expect("a part");
    let part = CompletedPart::builder().part_number(number).e_tag(answer.e_tag().expect("an ETag"));
    part.set_checksum_crc32(answer.checksum_crc32().map(str::to_owned)).build()
}

fn all(parts: Vec<CompletedPart>) -> CompletedMultipartUpload {
    CompletedMultipartUpload::builder().set_parts(Some(parts)).build()
}

/// A Complete that must be refused; the upload lives on and is aborted.
async fn refused(t: &Target, key: &str, id: &str, parts: Vec<CompletedPart>) -> (u16, String) {
    let complete = t.client.complete_multipart_upload().bucket(&t.bucket).key(key).upload_id(id);
    let answer = refusal(complete.multipart_upload(all(parts)).send().await);
    abort(t, key, id).await;
    answer
}

async fn abort(t: &Target, key: &str, id: &str) {
    let abort = t.client.abort_multipart_upload().bucket(&t.bucket).key(key).upload_id(id);
    abort.send().await.expect("aborted");
}

async fn complete(t: &Target, key: &str, id: &str, parts: Vec<CompletedPart>) {
    let complete = t.client.complete_multipart_upload().bucket(&t.bucket).key(key).upload_id(id);
    complete.multipart_upload(all(parts)).send().await.expect("completed");
}

pub async fn multipart(t: &Target) {
    let bytes = noise(LARGE * 2 + 12_345);
    let create = t.client.create_multipart_upload().bucket(&t.bucket).key("multi").content_type("video/webm");
    let create = create.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme).checksum_type(ChecksumType::FullObject);
    let id = create.send().await.expect("begun").upload_id().expect("an id").to_owned();
    let mut parts = Vec::new();
    // Not in their order, as a browser sends them.
    for (number, piece) in [(3, &bytes[LARGE * 2..]), (1, &bytes[..LARGE]), (2, &bytes[LARGE..LARGE * 2])] {
        let part = t.client.upload_part().bucket(&t.bucket).key("multi").upload_id(&id).part_number(number);
        let part = part.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme).body(piece.to_vec().into());
        let answer = part.send().await.expect("a part");
        assert!(answer.checksum_crc64_nvme().is_some(), "the part's checksum comes back");
        parts.push(CompletedPart::builder().part_number(number).e_tag(answer.e_tag().expect("an ETag")).build());
    }
    parts.sort_by_key(|part| part.part_number());
    let crc = BASE64.encode(crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, &bytes).to_be_bytes());
    let request = t.client.complete_multipart_upload().bucket(&t.bucket).key("multi").upload_id(&id);
    let answer = request.multipart_upload(all(parts)).send().await.expect("completed");
    assert_eq!(answer.checksum_crc64_nvme(), Some(crc.as_str()));
    assert!(answer.e_tag().is_some_and(|etag| etag.ends_with("-3\"")));
    let head = t.client.head_object().bucket(&t.bucket).key("multi").checksum_mode(ChecksumMode::Enabled).send().await;
    let head = head.expect("head");
    assert_eq!((head.checksum_crc64_nvme(), head.content_type()), (Some(crc.as_str()), Some("video/webm")));
    assert!(t.get("multi").await == bytes);
    let across = format!("bytes={}-{}", LARGE - 5, LARGE + 4);
    let got = t.client.get_object().bucket(&t.bucket).key("multi").range(across).send().await.expect("get");
    assert!(got.body.collect().await.expect("bytes").to_vec() == bytes[LARGE - 5..LARGE + 5], "across two parts");
    t.delete("multi").await;
}

pub async fn part_with_a_wrong_checksum(t: &Target) {
    let id = begin(t, "bad part").await;
    let part = t.client.upload_part().bucket(&t.bucket).key("bad part").upload_id(&id).part_number(1);
    let answer = part.checksum_crc32("AAAAAA==").body(b"x".to_vec().into()).send().await;
    assert_eq!(refusal(answer).0, 400);
    let list = t.client.list_parts().bucket(&t.bucket).key("bad part").upload_id(&id).send().await.expect("list");
    assert_eq!(list.parts().len(), 0);
    abort(t, "bad part", &id).await;
}

pub async fn complete_with_a_wrong_etag(t: &Target) {
    let id = begin(t, "wrong etag").await;
    part(t, "wrong etag", &id, 1, b"x").await;
    let wrong = CompletedPart::builder().part_number(1).e_tag("\"00000000000000000000000000000000\"").build();
    assert_eq!(refused(t, "wrong etag", &id, vec![wrong]).await, (400, "InvalidPart".into()));
}

pub async fn complete_with_a_wrong_checksum(t: &Target) {
    let create = t.client.create_multipart_upload().bucket(&t.bucket).key("wrong sum");
    let create = create.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme).checksum_type(ChecksumType::FullObject);
    let id = create.send().await.expect("begun").upload_id().expect("an id").to_owned();
    let send = t.client.upload_part().bucket(&t.bucket).key("wrong sum").upload_id(&id).part_number(1);
    let send = send.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme).body(b"x".to_vec().into());
    let etag = send.send().await.expect("a part").e_tag().expect("an ETag").to_owned();
    let parts = all(vec![CompletedPart::builder().part_number(1).e_tag(etag).build()]);
    let complete = t.client.complete_multipart_upload().bucket(&t.bucket).key("wrong sum").upload_id(&id);
    let complete = complete.checksum_type(ChecksumType::FullObject).checksum_crc64_nvme("AAAAAAAAAAA=");
    assert_eq!(refusal(complete.multipart_upload(parts).send().await).0, 400);
    let head = t.client.head_object().bucket(&t.bucket).key("wrong sum").send().await;
    assert_eq!(refusal(head).0, 404);
    abort(t, "wrong sum", &id).await;
}

pub async fn complete_with_gaps(t: &Target) {
    let id = begin(t, "gaps").await;
    let large = noise(LARGE);
    let parts = vec![part(t, "gaps", &id, 2, &large).await, part(t, "gaps", &id, 9, b"end").await];
    part(t, "gaps", &id, 5, b"not wanted").await;
    complete(t, "gaps", &id, parts).await;
    assert!(t.get("gaps").await == [&large[..], b"end"].concat());
    t.delete("gaps").await;
}

pub async fn complete_out_of_order(t: &Target) {
    let id = begin(t, "order").await;
    let large = noise(LARGE);
    let first = part(t, "order", &id, 1, &large).await;
    let second = part(t, "order", &id, 2, &large).await;
    assert_eq!(refused(t, "order", &id, vec![second, first]).await, (400, "InvalidPartOrder".into()));
}

pub async fn complete_with_small_parts(t: &Target) {
    let id = begin(t, "small").await;
    let parts = vec![part(t, "small", &id, 1, b"x").await, part(t, "small", &id, 2, b"y").await];
    assert_eq!(refused(t, "small", &id, parts).await, (400, "EntityTooSmall".into()));
}

pub async fn complete_of_nothing(t: &Target) {
    let id = begin(t, "nothing").await;
    assert_eq!(refused(t, "nothing", &id, Vec::new()).await.0, 400);
    let id = begin(t, "nothing").await;
    let never = CompletedPart::builder().part_number(1).e_tag("\"d41d8cd98f00b204e9800998ecf8427e\"").build();
    assert_eq!(refused(t, "nothing", &id, vec![never]).await, (400, "InvalidPart".into()));
}

pub async fn composite_checksum(t: &Target) {
    // CRC32 of each part, and of their checksums.
    let create = t.client.create_multipart_upload().bucket(&t.bucket).key("composite");
    let create = create.checksum_algorithm(ChecksumAlgorithm::Crc32).send().await;
    let id = create.expect("begun").upload_id().expect("an id").to_owned();
    let (large, end) = (noise(LARGE), b"end");
    let parts = vec![part(t, "composite", &id, 1, &large).await, part(t, "composite", &id, 2, end).await];
    complete(t, "composite", &id, parts).await;
    let crc = |bytes: &[u8]| crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, bytes) as u32;
    let joined = [crc(&large).to_be_bytes(), crc(end).to_be_bytes()].concat();
    let expected = format!("{}-2", BASE64.encode(crc(&joined).to_be_bytes()));
    let head = t.client.head_object().bucket(&t.bucket).key("composite").checksum_mode(ChecksumMode::Enabled);
    assert_eq!(head.send().await.expect("head").checksum_crc32(), Some(expected.as_str()));
    t.delete("composite").await;
}

pub async fn parts_are_listed_in_pages(t: &Target) {
    let id = begin(t, "parts").await;
    for number in [4, 1, 3, 2, 10_000] {
        part(t, "parts", &id, number, &noise(number as usize)).await;
    }
    let mut found = Vec::new();
    let mut marker = None;
    loop {
        let list = t.client.list_parts().bucket(&t.bucket).key("parts").upload_id(&id).max_parts(2);
        let page = list.set_part_number_marker(marker).send().await.expect("list");
        assert!(page.parts().iter().all(|part| part.e_tag().is_some()));
        found.extend(page.parts().iter().map(|part| (part.part_number().unwrap_or(0), part.size().unwrap_or(0))));
        if page.is_truncated() != Some(true) {
            break;
        }
        marker = page.next_part_number_marker().map(str::to_owned);
    }
    assert_eq!(found, [(1, 1), (2, 2), (3, 3), (4, 4), (10_000, 10_000)]);
    abort(t, "parts", &id).await;
}

pub async fn uploads_are_listed_in_pages(t: &Target) {
    let mut begun = Vec::new();
    for key in ["up/b", "up/a", "up/a", "up/c"] {
        begun.push((key.to_owned(), begin(t, key).await));
    }
    let mut found = Vec::new();
    let (mut key, mut id) = (None, None);
    loop {
        let list = t.client.list_multipart_uploads().bucket(&t.bucket).prefix("up/").max_uploads(1);
        let page = list.set_key_marker(key).set_upload_id_marker(id).send().await.expect("list");
        for upload in page.uploads() {
            assert!(upload.initiated().is_some());
            let name = |text: Option<&str>| text.unwrap_or_default().to_owned();
            found.push((name(upload.key()), name(upload.upload_id())));
        }
        if page.is_truncated() != Some(true) {
            break;
        }
        (key, id) = (page.next_key_marker().map(str::to_owned), page.next_upload_id_marker().map(str::to_owned));
    }
    found.sort();
    begun.sort();
    assert_eq!(found, begun);
    for (key, id) in begun {
        abort(t, &key, &id).await;
    }
}

pub async fn part_for_an_aborted_upload(t: &Target) {
    let id = begin(t, "aborted").await;
    abort(t, "aborted", &id).await;
    let part = |id: &str| {
        let part = t.client.upload_part().bucket(&t.bucket).key("aborted").upload_id(id).part_number(1);
        part.body(b"x".to_vec().into()).send()
    };
    assert_eq!(refusal(part(&id).await), (404, "NoSuchUpload".into()));
    for id in ["../../x", "00000000-0000-0000-0000-000000000000", "'; drop"] {
        assert_eq!(refusal(part(id).await), (404, "NoSuchUpload".into()), "{id}");
    }
    let other = begin(t, "another key").await;
    assert_eq!(refusal(part(&other).await), (404, "NoSuchUpload".into()), "an id is good for its own key alone");
    abort(t, "another key", &other).await;
}

pub async fn part_numbers_out_of_bounds(t: &Target) {
    let id = begin(t, "numbers").await;
    for number in [0, -1, 10_001, i32::MAX] {
        let part = t.client.upload_part().bucket(&t.bucket).key("numbers").upload_id(&id).part_number(number);
        assert_eq!(refusal(part.body(b"x".to_vec().into()).send().await).0, 400, "{number}");
    }
    abort(t, "numbers", &id).await;
}

pub async fn part_is_replaced(t: &Target) {
    let id = begin(t, "again").await;
    let old = part(t, "again", &id, 1, b"first try").await;
    let new = part(t, "again", &id, 1, b"second try").await;
    assert_ne!(old.e_tag(), new.e_tag());
    complete(t, "again", &id, vec![new]).await;
    assert_eq!(t.get("again").await, b"second try");
    t.delete("again").await;
}
