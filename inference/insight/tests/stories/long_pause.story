# The thread is lost in mid answer.
device-check
0:00 ask Why this job? for 90 s
0:01 speak 140
0:20 silent
0:28 speak 140
0:40 end
expect hint long_pause between 0:23.5 and 0:25
expect long_pauses over 5
hint 0:24.0 long_pause | silent for 4.0 s
