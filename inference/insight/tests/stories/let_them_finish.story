# The candidate begins while the interviewer still asks, who then stops. Once is enough.
device-check
only let_them_finish
room
0:00 ask Describe yourself.
0:01 speak 140
0:20 silent
0:21 interviewer speaks
0:26 speak 140
0:27 interviewer stops
0:40 silent
0:41 interviewer speaks
0:46 speak 140
0:47 interviewer stops
1:00 end
expect hint let_them_finish between 0:26 and 0:32
hint 0:27.6 let_them_finish | you began before the interviewer had finished
