# Three and a half seconds of thought.
device-check
0:00 ask Why this job? for 90 s
0:01 speak 140
0:20 silent
0:23.5 speak 140
0:40 end
expect no hint long_pause
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
