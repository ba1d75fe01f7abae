# A photograph before the camera and somebody who speaks: no face is judged.
device-check
0:00 speak 140
0:00 photograph
1:00 end
expect confidence unsaid
expect engagement unsaid
expect words "Resilience: not enough to say. The video did not move"
expect clarity over 80
expect smile unsaid
expect no hint good_eye_contact
expect words "did not move"
hint 0:40.0 good_pace | about 140 words a minute over the last 30 s
