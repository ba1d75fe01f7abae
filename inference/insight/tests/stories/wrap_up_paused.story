# The time in which the candidate paused does not count.
device-check
0:00 ask Describe yourself. for 60 s
0:01 speak 140
0:30 pause
0:30 silent
0:50 resume
0:50 speak 140
1:15 end
expect no hint wrap_up
expect no hint long_pause
