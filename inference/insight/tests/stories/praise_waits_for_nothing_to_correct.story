# Pace and contact are fine, but the voice stays on one note and says so first; praise comes later and rarely.
device-check
only good_pace good_eye_contact vary_tone
0:00 speak 140
0:00 tone 1
1:10 tone 2.6
2:30 end
expect hint vary_tone between 0:10 and 0:20
expect no hint lively_tone
hint 0:12.4 vary_tone | the voice rose and fell a third as far as a lively voice does over the last 20 s
hint 1:19.0 good_pace | about 140 words a minute over the last 30 s
