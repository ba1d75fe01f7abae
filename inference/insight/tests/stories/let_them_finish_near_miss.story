# A word of listening, and an answer that begins after the question: nobody was cut short.
device-check
only let_them_finish
room
0:00 ask Describe yourself.
0:01 speak 140
0:20 silent
0:21 interviewer speaks
0:23 speak 140
0:23.5 silent
0:27 interviewer stops
0:28 speak 140
0:50 end
expect no hint let_them_finish
