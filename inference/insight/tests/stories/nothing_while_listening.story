# Who looks away and is silent while the interviewer speaks listens: nothing is said to them.
device-check
room
0:00 ask Describe yourself.
0:01 speak 140
0:14 silent
0:14.5 interviewer speaks
0:15 look aside
0:40 interviewer stops
0:40.2 look camera
0:41 speak 140
0:50 end
expect no hint long_pause
expect no hint look_at_camera
