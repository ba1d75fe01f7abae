# Thinking before the first word is not a pause in the answer.
device-check
0:00 ask Why this job? for 90 s
0:14 speak 140
0:40 end
expect no hint long_pause
expect response_latency over 13.9
expect response_latency under 14.1
hint 0:38.4 good_eye_contact | eyes on the camera for 100 % of the last 20 s
